import { accounts } from "@kith/accounts/service";
import { authSig } from "@kith/auth-sig/service";
import { openChain, type Chain } from "@kith/chain/chain";
import { genesisBlock } from "@kith/chain/genesis";
import { defaultConsensusConfig } from "@kith/consensus/core/config";
import { startConsensus } from "@kith/consensus/core/start";
import { producers } from "@kith/producers/service";
import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusAfter, noConsensus } from "@kith/protocol/consensus-point";
import { verifyEd25519 } from "@kith/protocol/ed25519";
import { testConsensus, testProducer } from "@kith/protocol/test-chain";
import { isSignedByNode } from "@kith/protocol/vote";
import { inProcessMachine } from "@kith/sandbox/in-process-machine";
import { publicKeyOf } from "@kith/sdk/transaction";
import { memoryState } from "@kith/store/memory-state";
import { transact } from "@kith/transact/service";

import type { SnapshotsPort } from "./ports.ts";
import { Replica } from "./replica.ts";
import { TestCertificates, TestClock, TestLinks, TestLog } from "./test-support.ts";

const machine = inProcessMachine([transact, accounts, authSig, producers]);

/** The secret key of the network's owner. */
export const ownerSecret: Uint8Array = new Uint8Array(32).fill(7);

export type TestReplica = {
  readonly replica: Replica;
  readonly chain: Chain;
  readonly genesis: SealedBlock;
  readonly clock: TestClock;
  readonly links: TestLinks;
  readonly log: TestLog;
};

/** Ed25519 keys stand at the end of their SPKI. */
const rawKeyBytes = 32;

/** A whole node that produces alone, on a real chain; its disk, its links and its clock are the test's. */
export function openTestReplica(algorithm: Consensus["algorithm"]): TestReplica {
  const [clock, links, log] = [new TestClock(), new TestLinks(), new TestLog()];
  const producer = testProducer(0);
  const genesis = genesisBlock({
    chainName: "replica",
    time: 0,
    owner: { account: producer.account, key: publicKeyOf(ownerSecret) },
    consensus: testConsensus(algorithm, [producer]),
    services: machine.installed(),
    openRegistration: true,
    home: producer.account,
    actions: [],
  });
  log.blocks.set(genesis.header.blockNum, genesis);
  const chain = openChain({ state: memoryState(), machine });
  const crypto = { chain: genesis.id, sign: producer.sign, isSigned: isSignedByNode };
  const config = { ...defaultConsensusConfig, self: producer.node, crypto, randomSeed: 1 };
  const restored = {
    ballot: log.ballot(),
    blocks: [genesis],
    consensus: consensusAfter(noConsensus, genesis.header),
    commitNum: 1,
    logFirst: 1,
  };
  const replica = new Replica(startConsensus(config, restored, clock.now()), {
    log,
    certificates: new TestCertificates(),
    links,
    clock,
    verifier: {
      verify: (checks, done) =>
        done(
          checks.every(({ publicKey, signature, message }) =>
            verifyEd25519(message, publicKey.subarray(-rawKeyBytes), signature),
          ),
        ),
    },
    chain,
    genesis: genesis.header,
    snapshots: noSnapshots,
    onExecuted: () => undefined,
    onRole: () => undefined,
    onEvidence: () => undefined,
    onMemory: () => undefined,
    onLost: () => undefined,
    onBroken: (reason) => {
      throw new Error(reason);
    },
  });
  replica.start();
  return { replica, chain, genesis, clock, links, log };
}

/** A disk without room for any. */
const noSnapshots: SnapshotsPort = {
  sizeBytes: () => Number.POSITIVE_INFINITY,
  complete: () => undefined,
  dropComplete: () => undefined,
  hold: () => undefined,
  release: () => undefined,
  makeRows: (done) => done(undefined),
  incoming: () => undefined,
  receive: () => undefined,
};
