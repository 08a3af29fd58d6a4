import { accounts } from "@kith/accounts/service";
import { authSig } from "@kith/auth-sig/service";
import { openChain, type Chain } from "@kith/chain/chain";
import { genesisBlock } from "@kith/chain/genesis";
import { defaultConsensusConfig, type ConsensusConfig } from "@kith/consensus/core/config";
import { startConsensus, type Restored } from "@kith/consensus/core/start";
import { rosterOf } from "@kith/node/roster";
import { startScrubbing } from "@kith/node/scrub-log";
import { producers } from "@kith/producers/service";
import type { SealedBlock } from "@kith/protocol/block";
import { transactionIdOf, type AccountName, type BlockNum } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Roster } from "@kith/protocol/node-message";
import { receiptCodec } from "@kith/protocol/receipt";
import { recentIndexOf } from "@kith/protocol/tapos";
import { unpackText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { prepareTransaction } from "@kith/protocol/transactions";
import type { SubmitOutcome } from "@kith/replica/outcome";
import { Replica } from "@kith/replica/replica";
import { TestCertificates } from "@kith/replica/test-support";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { producersInterface } from "@kith/sdk/system/producers";
import {
  buildTransaction,
  packAction,
  publicKeyOf,
  signTransactionWith,
} from "@kith/sdk/transaction";
import type { StoredReceipt } from "@kith/store/state-store";
import { transact } from "@kith/transact/service";

import { epochMicros } from "./clock.ts";
import type { Execution } from "./ledger.ts";
import type { Draft, Machine, MachinePorts, Outcome, Program, Subject, View } from "./machine.ts";
import { reach, type Marks } from "./marks.ts";
import { MemorySnapshots } from "./memory-snapshots.ts";
import { mockCrypto, mockSign, mockVerifier } from "./mock-signature.ts";
import { drawReleases } from "./releases.ts";
import { SimState } from "./sim-state.ts";
import { StartingMachine } from "./starting-machine.ts";
import { tally } from "./tally-service.ts";
import type { SubjectPlan } from "./world.ts";

const machine = inProcessMachine([transact, accounts, authSig, producers, tally.module]);
const owner = accountNameConstant("owner");
const key = publicKeyOf(new Uint8Array(32).fill(7));

/** Long enough for every retry with clocks that are wrong, and so short that ids are forgotten in most runs. */
const expirationsSeconds = [60, 300, 3_600];

/** How long bringing state.db to the disk takes. */
const flushMs = 5;

type Tuning = {
  readonly coreOf: (release: number) => Partial<ConsensusConfig>;
  readonly logBlocksKept: number;
};

/** The whole node: the product's replica and chain on a simulated machine. */
export function createReplicaSubject(plan: SubjectPlan): Subject {
  const { dice } = plan;
  const genesis = createGenesis(plan);
  const tuning: Tuning = {
    coreOf: drawReleases(dice),
    logBlocksKept: dice.pick([8, 40, 400]),
  };
  const expirationSeconds = dice.pick(expirationsSeconds);
  const receipts = new ReceiptNotes(plan.onExecution);
  let serial = 0;

  function draft(client: number, action: Action, { block, wallMicros }: View): Draft {
    const expiration = Math.floor(wallMicros / 1e6) + expirationSeconds;
    const transaction = buildTransaction({
      actions: [action],
      expiration,
      refBlockIndex: recentIndexOf(block.header.blockNum),
      keys: [key],
    });
    const isValid = client < 0 || !dice.chance(plan.invalidShare);
    const sign = (message: Uint8Array): Uint8Array =>
      isValid ? mockSign(message, key) : new Uint8Array(64);
    const { id, bytes } = signTransactionWith(transaction, block.id, [sign]);
    return { client, id, bytes, isValid, expiresMicros: (expiration + 1) * 1e6 };
  }

  return {
    genesis,
    algorithm: "cft",
    program: () => new ReplicaProgram({ genesis, tuning, dice, receipts, marks: plan.marks }),
    idsOf: (block) => block.transactions.map(idOf),
    draft(client, view) {
      serial += 1;
      const sender = clientAccount(client);
      return draft(client, packAction(sender, tally, "add", { client, serial }), view);
    },
    draftChange(next, view) {
      const consensus = { algorithm: "cft", producers: next } as const;
      return draft(-1, packAction(owner, producersInterface, "setConsensus", { consensus }), view);
    },
  };
}

function idOf(transaction: Uint8Array): string {
  const prepared = prepareTransaction(transaction);
  return prepared.ok ? prepared.value.id : "";
}

function clientAccount(client: number): AccountName {
  return accountNameConstant(`client-${String.fromCharCode(97 + client)}`);
}

function createGenesis({ members, producerCount, clientCount }: SubjectPlan): SealedBlock {
  const observers = members.slice(producerCount).map(({ account }) => account);
  const clients = Array.from({ length: clientCount }, (_, client) => clientAccount(client));
  return genesisBlock({
    chainName: "simulated",
    time: epochMicros,
    owner: { account: owner, key },
    consensus: { algorithm: "cft", producers: members.slice(0, producerCount) },
    services: machine.installed(),
    openRegistration: false,
    home: owner,
    actions: [...observers, ...clients].map((name) =>
      packAction(transact.definition.name, accountsInterface, "create", { name, key }),
    ),
  });
}

type Parts = {
  readonly genesis: SealedBlock;
  readonly tuning: Tuning;
  readonly dice: SubjectPlan["dice"];
  readonly receipts: ReceiptNotes;
  readonly marks: Marks;
};

/** A snapshot brings no receipts, so what became of a transaction is remembered for all nodes. */
class ReceiptNotes {
  readonly #onExecution: (execution: Execution) => void;
  readonly #isSuccess = new Map<string, boolean>();

  constructor(onExecution: (execution: Execution) => void) {
    this.#onExecution = onExecution;
  }

  note(id: string, { blockNum, bytes }: StoredReceipt): void {
    if (bytes.length === 0) return;
    let isSuccess = this.#isSuccess.get(id);
    if (isSuccess === undefined) {
      isSuccess = receiptCodec.trustedUnpack(bytes).failure === undefined;
      this.#isSuccess.set(id, isSuccess);
    }
    if (isSuccess) this.#onExecution({ id, blockNum });
  }

  isSuccess(id: string): boolean {
    return this.#isSuccess.get(id) === true;
  }
}

class ReplicaProgram implements Program {
  readonly #parts: Parts;
  readonly #state: SimState;
  readonly #certificates = new TestCertificates();
  #chain: Chain;
  readonly #snapshots: MemorySnapshots;
  #boundary: MachinePorts["boundary"] = () => undefined;
  #clock: MachinePorts["clock"] | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#state = new SimState(
      parts.dice,
      () => this.#boundary("before"),
      (id, receipt) => parts.receipts.note(id, receipt),
    );
    this.#chain = openChain({ state: this.#state, machine });
    this.#snapshots = new MemorySnapshots({
      chain: () => this.#chain,
      genesis: parts.genesis,
      clock: () => this.#machineClock(),
      diskMs: flushMs,
      flush: () => this.#state.flush(),
    });
  }

  boot(ports: MachinePorts): Machine {
    this.#boundary = ports.boundary;
    this.#chain = openChain({ state: this.#state, machine });
    this.#clock = ports.clock;
    const kept = {
      state: this.#state,
      certificates: this.#certificates,
      snapshots: this.#snapshots,
    };
    const parts = { ...this.#parts, ...kept, chain: this.#chain };
    const start = (restored: Restored): Machine => bootReplica(ports, parts, restored);
    return new StartingMachine(ports, { ...parts, start });
  }

  crash(isPowerCut: boolean): void {
    this.#state.crash(isPowerCut);
    this.#chain = openChain({ state: this.#state, machine });
  }

  #machineClock(): MachinePorts["clock"] {
    if (this.#clock === undefined) throw new Error("the machine is off");
    return this.#clock;
  }

  executedNum(): number {
    return this.#state.applied()?.num ?? 0;
  }

  roster(): Roster | undefined {
    return rosterOf(this.#chain);
  }

  executedIn(id: string): number | undefined {
    if (!this.#parts.receipts.isSuccess(id)) return undefined;
    return this.#state.receiptOf(transactionIdOf(id))?.blockNum;
  }

  tally(client: number): number {
    const request = { method: "GET", host: "", rootHost: "", query: "", headers: [] };
    const body = new Uint8Array();
    const reply = this.#chain.query(tally.name, { ...request, path: `/${client}`, body });
    return reply === undefined ? 0 : Number(unpackText(reply.body));
  }
}

function bootReplica(
  ports: MachinePorts,
  parts: Parts & {
    readonly state: SimState;
    readonly certificates: TestCertificates;
    readonly chain: Chain;
    readonly snapshots: MemorySnapshots;
  },
  restored: Restored,
): Machine {
  const { state, certificates, chain, snapshots, tuning } = parts;
  const { log, links, clock, self, randomSeed, release } = ports;
  const crypto = mockCrypto(parts.genesis.id, self);
  const core = tuning.coreOf(release);
  const config = { ...defaultConsensusConfig, ...core, self, crypto, randomSeed };
  const replica = new Replica(startConsensus(config, restored, clock.now()), {
    log,
    certificates,
    links,
    clock,
    verifier: mockVerifier,
    chain,
    genesis: parts.genesis.header,
    snapshots,
    onExecuted(block, { applied }) {
      ports.boundary("after");
      if (block.header.blockNum > 1) ports.onExecuted(applied);
      if (applied.num % tuning.logBlocksKept !== 0) return;
      const first = Math.min(applied.num - tuning.logBlocksKept, state.durableNum());
      replica.dropBefore(first);
    },
    onRole: () => undefined,
    onEvidence: () => undefined,
    onMemory: (isWhole) => ports.memory.note(isWhole),
    onLost: () => reach(parts.marks, "block-lost"),
    onBroken: ports.onBroken,
  });
  replica.start();
  replica.onPeersChanged();
  const repair = (num: BlockNum): void => replica.repairBlock(num);
  startScrubbing({ log, clock, repair, say: () => undefined });
  return {
    receive: (from, message) => replica.receive(from, message),
    submit: (bytes, done) => replica.submit(bytes, (outcome) => done(outcomeOf(outcome))),
    readIndex: (done) => replica.readIndex(done),
    transfer: (to) => replica.transferLeadership(to),
    onPeersChanged: () => replica.onPeersChanged(),
    status() {
      const { role, term, leader, finalNum } = replica.status();
      return { role, term, leader, finalNum, executedNum: chain.applied()?.num ?? 0 };
    },
  };
}

function outcomeOf(outcome: SubmitOutcome): Outcome {
  switch (outcome.kind) {
    case "final": {
      const { blockNum, failure } = outcome.receipt;
      return { kind: "final", blockNum, isExecuted: failure === undefined };
    }
    case "refused":
      return { kind: "refused", code: outcome.error.code };
    case "unavailable":
      return { kind: "unavailable" };
  }
}
