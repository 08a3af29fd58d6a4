import assert from "node:assert/strict";
import { test } from "node:test";

import type { BlockResult } from "@kith/chain/apply-block";
import type { Touched } from "@kith/http/node-port";
import type { SealedBlock } from "@kith/protocol/block";
import { accountNameConstant } from "@kith/protocol/names";

import { openNodeFront } from "./node-port.ts";

const alice = accountNameConstant("alice");

test("blocks tell which sites they touched; behind a snapshot nobody can, and everything counts as touched", () => {
  const heard: number[] = [];
  const parts = {
    genesis: { id: "" },
    nodeId: "",
    chain: { applied: () => ({ num: 7 }) },
    log: { blockRef: () => undefined },
    events: { append: () => undefined },
    queries: { onExecuted: ({ applied }: BlockResult) => heard.push(applied.num) },
  };
  const front = openNodeFront(parts as never, () => undefined);
  const told: Touched[] = [];
  front.port.onTouched((touched) => told.push(touched));
  for (const num of [8, 9, 300, 301]) {
    const header = { blockNum: num };
    const touched = { services: new Set(), spaces: [], sites: new Set([alice]) };
    const result = { applied: { num, time: 0 }, receipts: [], events: [], touched };
    front.onExecuted({ header, id: "" } as unknown as SealedBlock, result as never);
  }
  assert.deepEqual(
    told.map(({ num, sites, services }) => [num, sites === "all" ? "all" : [...sites], services]),
    [
      [8, ["alice"], false],
      [9, ["alice"], false],
      [300, "all", true],
      [301, ["alice"], false],
    ],
  );
  assert.deepEqual(heard, [8, 9, 300, 301], "queries hear of every block");
});

test("/readyz says what a start waits for, and what the node has lost; damage to what is executed keeps nobody waiting", () => {
  const chain = { applied: () => ({ num: 7 }) };
  const parts = { genesis: { id: "" }, nodeId: "", chain, log: {}, events: {}, queries: {} };
  const status = { leader: "somebody", finalNum: 9, repairing: [3], lost: undefined };
  let replica: unknown;
  const front = openNodeFront(parts as never, () => replica as never);
  front.linked({} as never);
  assert.deepEqual(front.port.readiness().reasons, ["the log is being checked"]);
  front.waitsFor("copies-missing: ask them");
  assert.deepEqual(front.port.readiness(), { ready: false, reasons: ["copies-missing: ask them"] });
  replica = { status: () => status };
  assert.deepEqual(front.port.readiness(), { ready: true, reasons: [] });
  replica = { status: () => ({ ...status, repairing: [3, 8], lost: 8 }) };
  const { ready, reasons } = front.port.readiness();
  assert.equal(ready, false);
  assert.match(reasons[0] ?? "", /^block-lost: block 8 of log\.db/);
  assert.deepEqual(reasons.slice(1), ["1 damaged blocks are being replaced"]);
});
