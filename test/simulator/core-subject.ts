import type { Restored } from "@kith/consensus/core/start";
import type { RestoredChain } from "@kith/node/restore";
import { rosterOf } from "@kith/node/roster";
import type { Algorithm, Consensus, Producer, SealedBlock } from "@kith/protocol/block";
import { toHex } from "@kith/protocol/hashes";

import { CertificateShelf } from "./certificate-shelf.ts";
import { CoreMachine, type CoreDisk, type CoreRoom } from "./core-machine.ts";
import { CoreState } from "./core-state.ts";
import { createGenesis } from "./genesis.ts";
import { LiarMachine } from "./liars/liar-machine.ts";
import { Plot } from "./liars/plot.ts";
import { SecretLog } from "./liars/secret-log.ts";
import type { Draft, Machine, MachinePorts, Program, Subject } from "./machine.ts";
import { drawReleases } from "./releases.ts";
import { StartingMachine } from "./starting-machine.ts";
import type { SubjectFactory, SubjectPlan } from "./world.ts";

const changeClient = 255;

/** Only the order of blocks, with transactions that mean nothing: fast, and strict about consensus. */
export function coreSubjectOf(algorithm: Algorithm): SubjectFactory {
  return (plan) => createCoreSubject(plan, algorithm);
}

function createCoreSubject(plan: SubjectPlan, algorithm: Algorithm): Subject {
  const { members, dice } = plan;
  const genesis = createGenesis({ algorithm, producers: members.slice(0, plan.producerCount) });
  const change = (transaction: Uint8Array): Consensus | undefined => {
    const asked = changeOf(transaction, members);
    return asked && { algorithm, producers: asked };
  };
  let mayChange = true;
  const room: CoreRoom = {
    algorithm,
    tuningOf: drawReleases(dice),
    chain: genesis.id,
    logBlocksKept: dice.pick([8, 40, 400]),
    snapshots: [],
    marks: plan.marks,
    changeOf: change,
    mayChange: () => mayChange,
  };
  let drafts = 0;

  function draft(client: number, content: readonly number[]): Draft {
    drafts += 1;
    const bytes = new Uint8Array([client, ...content, drafts >> 16, drafts >> 8, drafts]);
    const id = toHex(bytes);
    return {
      client: client === changeClient ? -1 : client,
      id,
      bytes,
      isValid: true,
      expiresMicros: Number.POSITIVE_INFINITY,
    };
  }

  const programs = new Programs({ plan, genesis, room });

  return {
    genesis,
    algorithm,
    program(index) {
      const node = members[index]?.node;
      if (node !== undefined && plan.liars.has(node)) return programs.liar();
      return programs.honest();
    },
    idsOf: (block) => block.transactions.map((bytes) => toHex(bytes)),
    draft: (client) => draft(client, []),
    draftChange: (producers) =>
      draft(
        changeClient,
        producers.map((producer) => members.findIndex(({ node }) => node === producer.node)),
      ),
    endChanges() {
      mayChange = false;
    },
  };
}

type ProgramParts = {
  readonly plan: SubjectPlan;
  readonly genesis: SealedBlock;
  readonly room: CoreRoom;
};

/** What runs on each node. */
class Programs {
  readonly #parts: ProgramParts;
  readonly #plot: Plot;

  constructor(parts: ProgramParts) {
    const { plan, genesis } = parts;
    this.#parts = parts;
    this.#plot = new Plot({
      dice: plan.liarDice,
      marks: plan.marks,
      genesis,
      nodes: plan.members.map(({ node }) => node),
      liars: plan.liars,
      mayFork: plan.mayFork,
    });
  }

  honest(): Program {
    const { state, shelf, boot } = this.#create(this.#parts.plan.onExecution);
    return {
      boot,
      copy: () => {
        const putBack = [state.copy(), shelf.copy()];
        return () => {
          for (const each of putBack) each();
        };
      },
      crash: (isPowerCut) => {
        if (isPowerCut) state.powerCut();
      },
      ...viewOf(state),
    };
  }

  liar(): Program {
    const { plan, genesis } = this.#parts;

    const [left, right] = [this.#create(nobodyCounts), this.#create(nobodyCounts)];
    let kept: readonly [SecretLog | SealedBlock, SecretLog | SealedBlock] = [genesis, genesis];
    return {
      boot: (ports) => {
        const { clock } = ports;
        const logs = [new SecretLog(clock, kept[0]), new SecretLog(clock, kept[1])] as const;
        kept = logs;
        const parts = { dice: plan.liarDice, plot: this.#plot };
        return new LiarMachine(ports, { ...parts, boots: [left.boot, right.boot] }, logs);
      },
      crash: () => undefined,
      ...viewOf(left.state),
    };
  }

  /** A program's state.db, and how it starts on it. */
  #create(onExecution: SubjectPlan["onExecution"]) {
    const { plan, genesis, room } = this.#parts;
    const { dice, marks } = plan;
    const state = new CoreState(genesis, { dice, changeOf: room.changeOf, onExecution });
    const shelf = new CertificateShelf();
    const kept: CoreDisk = { state, shelf };
    const boot = (ports: MachinePorts): Machine => {
      const start = (restored: Restored) => new CoreMachine(ports, kept, room, restored);
      const known = { chain: chainOf(state), certificates: shelf };
      return new StartingMachine(ports, { ...known, marks, start });
    };
    return { state, shelf, boot };
  }
}

/** What a liar executes is nobody's business. */
function nobodyCounts(): void {}

function viewOf(state: CoreState): Omit<Program, "boot" | "crash"> {
  return {
    executedNum: () => state.num,
    roster: () => rosterOf(chainOf(state)),
    executedIn: (id) => state.executedIn(id),
    tally: (client) => state.tally(client),
  };
}

/** The state as a start asks it. */
function chainOf(state: CoreState): RestoredChain {
  return {
    applied: () => state.applied,
    consensusPoint: () => state.point,
    snapshotBlock: () => state.snapshotBlock,
  };
}

function changeOf(
  transaction: Uint8Array,
  members: readonly Producer[],
): readonly Producer[] | undefined {
  if (transaction[0] !== changeClient) return undefined;
  const indexes = [...transaction.subarray(1, -3)];
  return members.filter((_, index) => indexes.includes(index));
}
