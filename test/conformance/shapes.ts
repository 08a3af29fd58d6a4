import { bambooEntriesShape, bambooNumbersShape } from "./bamboo.ts";
import { consensusShape } from "./consensus.ts";
import { cryptoShape } from "./crypto.ts";
import { ed25519Shape } from "./ed25519.ts";
import { fracpackShape } from "./fracpack.ts";
import { namesShape } from "./names.ts";
import { p256KeysShape } from "./p256-keys.ts";
import { raftCcfShape } from "./raft-ccf.ts";
import { raftMajorityShape } from "./raft-majority.ts";
import { semverShape } from "./semver.ts";
import type { Shape } from "./shape.ts";
import { typesShape } from "./types.ts";

/** The first that matches runs the file. */
export const shapes: readonly Shape[] = [
  semverShape,
  p256KeysShape,
  ed25519Shape,
  fracpackShape,
  typesShape,
  cryptoShape,
  namesShape,
  consensusShape,
  raftMajorityShape,
  raftCcfShape,
  bambooNumbersShape,
  bambooEntriesShape,
];

/** What the README of the published vectors describes by name. */
export const describedFiles: readonly string[] = [
  "bamboo/bamboo-rs.json",
  "bamboo/lipmaa-varu64.json",
  "bamboo/old-spec-rpc-example.json",
  "bamboo/p2panda-entries.json",
  "ed25519/speccheck.json",
  "psibase/consensus.json",
  "psibase/crypto.json",
  "psibase/fracpack.json",
  "psibase/names-sample.json",
  "psibase/names.json",
  "psibase/p256-keys.json",
  "psibase/semver.json",
  "psibase/types.json",
  "raft/majority_commit.txt",
  "raft/majority_vote.txt",
  ...[
    "append",
    "bad_network",
    "check_quorum",
    "election",
    "election_while_reconfiguration",
    "fancy_election.1",
    "liveness_through_conflict",
    "multi_election",
    "reconfiguration",
    "reconnect",
    "reelection",
    "replicate",
    "rollback_safety",
    "startup",
    "startup_2nodes",
    "suffix_collision.1",
  ].map((script) => `raft/ccf/${script}`),
];
