import assert from "node:assert/strict";
import { test } from "node:test";

import { headerCodec } from "@kith/protocol/blocks";
import { toHex, zeroChecksum } from "@kith/protocol/hashes";
import { testConsensus } from "@kith/protocol/test-chain";

import type { LightClient } from "../light-client.ts";
import {
  first,
  headerJson,
  hexOfCertificate,
  openChain,
  people,
  second,
  type Answer,
  type FakeLightNode,
} from "./fake-light-node.ts";
import { tell, type Lie, type Lies } from "./lie.ts";

const aboutChanges = { about: "/common/light/changes" } as const;

/** Changes that a node shows instead of 6 and 11; of the genesis block it tells the truth. */
function changes(
  make: (node: FakeLightNode) => readonly unknown[],
  next: unknown = null,
): Lie["alter"] {
  return (answer, node) => ({ ...answer, changes: make(node), next });
}

const changeLies: Lies = {
  "changes that are left out": {
    ...aboutChanges,
    alter: changes(() => []),
    code: "light-change-missing",
  },
  "a first change that is left out": {
    ...aboutChanges,
    alter: changes((node) => [node.shown(11)]),
    code: "light-change-missing",
  },
  "a last change that is left out": {
    ...aboutChanges,
    alter: changes((node) => [node.shown(6)]),
    code: "light-change-missing",
  },
  "changes in another order": {
    ...aboutChanges,
    alter: changes((node) => [node.shown(11), node.shown(6)]),
    code: "light-change-missing",
  },
  "the same page again and again": {
    ...aboutChanges,
    alter: changes((node) => [node.shown(6)], 6),
    code: "light-header-not-newer",
  },
  "empty pages that say there is more": {
    ...aboutChanges,
    alter: changes(() => [], 9),
    code: "light-change-missing",
  },
  "a change by its own producers": {
    ...aboutChanges,
    alter: changes(() => [changeByThieves(1)]),
    code: "certificate-without-quorum",
  },
  "a change by its own producers, in their own epoch": {
    ...aboutChanges,
    alter: changes(() => [changeByThieves(6)]),
    code: "certificate-of-another-epoch",
  },
  "a change without the new producers": {
    ...aboutChanges,
    alter: changes(({ chain }) => [
      {
        header: headerJson(chain, 6),
        certificate: hexOfCertificate(chain.certificate({ num: 6, voters: first })),
      },
    ]),
    code: "certificate-without-quorum",
  },
  "a change without a certificate": {
    ...aboutChanges,
    alter: changes(({ chain }) => [{ header: headerJson(chain, 6), certificate: null }]),
    code: "light-certificate-missing",
  },
  "changes that are no list": {
    ...aboutChanges,
    alter: (answer) => ({ ...answer, changes: {} }),
    code: "answer-malformed",
  },
  "a change that is none": {
    ...aboutChanges,
    alter: changes(() => [null]),
    code: "answer-malformed",
  },
  "another network's genesis block": {
    ...aboutChanges,
    alter: (answer) => ({ ...answer, genesis: headerJson(openChain("bft", second), 1) }),
    code: "light-genesis-wrong",
  },
  "a later block for the genesis block": {
    ...aboutChanges,
    alter: (answer, { chain }) => ({ ...answer, genesis: headerJson(chain, 6) }),
    code: "light-genesis-wrong",
  },
  "no genesis block": {
    ...aboutChanges,
    alter: (answer) => ({ ...answer, genesis: undefined }),
    code: "answer-malformed",
  },
};

function changeByThieves(epoch: number): Answer {
  const thieves = people.slice(8, 12);
  const fork = openChain("bft");
  fork.headers.length = 5;
  fork.points.length = 5;
  fork.append({ newConsensus: testConsensus("bft", thieves) });
  const certificate = fork.certificate({ num: 6, voters: thieves, epoch });
  return { header: headerJson(fork, 6), certificate: hexOfCertificate(certificate) };
}

const aboutHeaders = {
  about: "/common/light/headers",
  ask: async (light: LightClient) => {
    await light.newest();
    return light.header(3);
  },
} as const;

/** Headers back from the newest, as numbers. */
function headers(nums: readonly number[]): Lie["alter"] {
  return (_, { chain }) => ({ headers: nums.map((num) => headerJson(chain, num)) });
}

const headersLies: Lies = {
  "headers with a gap": {
    ...aboutHeaders,
    alter: headers([15, 14, 12, 11]),
    code: "light-ancestor-wrong",
  },
  "the wanted header at once": {
    ...aboutHeaders,
    alter: headers([15, 3]),
    code: "light-ancestor-wrong",
  },
  "headers from elsewhere": { ...aboutHeaders, alter: headers([3]), code: "light-header-stale" },
  "the same headers again and again": {
    ...aboutHeaders,
    alter: headers([15, 14, 13]),
    code: "light-ancestor-wrong",
  },
  "no headers": { ...aboutHeaders, alter: headers([]), code: "light-header-gone" },
  "another header on the way": {
    ...aboutHeaders,
    alter: (_, { chain }) => {
      const other = { ...chain.header(14), stateRoot: zeroChecksum };
      const forged = { num: 14, bytes: toHex(headerCodec.pack(other)) };
      return { headers: [headerJson(chain, 15), forged, headerJson(chain, 13)] };
    },
    code: "light-ancestor-wrong",
  },
  "headers of another network": {
    ...aboutHeaders,
    alter: () => ({ headers: [15, 14, 13].map((num) => headerJson(openChain("cft"), num)) }),
    code: "light-ancestor-wrong",
  },
  "headers that are no list": {
    ...aboutHeaders,
    alter: () => ({ headers: "15" }),
    code: "answer-malformed",
  },
};

for (const [name, lie] of Object.entries({ ...changeLies, ...headersLies })) {
  test(`${name}: ${lie.code}`, async () => {
    assert.deepEqual(await tell(lie), { code: lie.code, isTold: true, isUnspoiled: true });
  });
}
