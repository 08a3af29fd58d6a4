import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOfHeader, headerCodec } from "@kith/protocol/blocks";
import { toHex, zeroChecksum } from "@kith/protocol/hashes";
import { testConsensus } from "@kith/protocol/test-chain";

import { LightClient } from "../light-client.ts";
import {
  alice,
  answerOf,
  balances,
  credited,
  eventProof,
  FakeLightNode,
  hexOfCertificate,
  packedRow,
  people,
  service,
  transactionId,
  votersOf,
} from "./fake-light-node.ts";
import { askRow, tell, type Lie, type Lies } from "./lie.ts";

const aboutRow = { about: "/common/proof/row" } as const;

const aboutEvent = {
  about: "/common/proof/event",
  ask: (light: LightClient) => light.event({ service, event: credited, transactionId }),
} as const;

/** The newest header, changed. */
function withHeader(change: object, isRelabelled = false): Lie["alter"] {
  return (answer, { chain }) => {
    const header = { ...chain.header(15), ...change };
    const honest = chain.certificate({ num: 15, voters: votersOf(chain, 15) });
    const certificate = isRelabelled ? { ...honest, id: blockIdOfHeader(header) } : honest;
    return {
      ...answer,
      header: { num: 15, id: chain.placeAt(15).id, bytes: toHex(headerCodec.pack(header)) },
      certificate: hexOfCertificate(certificate),
    };
  };
}

const headerLies: Lies = {
  "a header with another state": {
    ...aboutRow,
    alter: withHeader({ stateRoot: zeroChecksum }),
    code: "certificate-of-another-block",
  },
  "a header with another state, and a certificate that says so": {
    ...aboutRow,
    alter: withHeader({ stateRoot: zeroChecksum }, true),
    code: "certificate-vote-elsewhere",
  },
  "a header with other producers": {
    ...aboutRow,
    alter: withHeader({ consensusState: zeroChecksum }, true),
    code: "light-change-missing",
  },
  "a header that brings its own producers": {
    ...aboutRow,
    alter: withHeader({ newConsensus: testConsensus("bft", people.slice(8, 12)) }, true),
    code: "certificate-vote-elsewhere",
  },
  "a header that says more than it can know": {
    ...aboutRow,
    alter: withHeader({ commitNum: 15 }, true),
    code: "light-header-breaks-rules",
  },
  "a header from before what is known": {
    ...aboutRow,
    ask: async (light) => {
      await light.newest();
      return askRow(light);
    },
    alter: (answer, node) => ({ ...answer, ...node.shown(14) }),
    code: "light-header-stale",
  },
  "another header at the height that is known": {
    ...aboutRow,
    ask: async (light) => {
      await light.newest();
      return askRow(light);
    },
    alter: withHeader({ stateRoot: zeroChecksum }),
    code: "light-ancestor-wrong",
  },
  "the header of another block than the one that was asked for": {
    about: "/common/light/header?num=",
    ask: (light) => light.header(12),
    alter: (_, node) => node.shown(13),
    code: "light-header-wrong",
  },
  "a header that is none": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, header: { bytes: "0A" } }),
    code: "answer-malformed",
  },
  "a header that is a number": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, header: 7 }),
    code: "answer-malformed",
  },
  "an answer that is a list": { ...aboutRow, alter: () => [1, 2, 3], code: "answer-malformed" },
  "an answer that is nothing": { ...aboutRow, alter: () => null, code: "answer-malformed" },
  "a page for people": { ...aboutRow, alter: () => "<html>", code: "answer-not-json" },
  "brackets without end": {
    ...aboutRow,
    alter: () => "[".repeat(1_000_000),
    code: "answer-not-json",
  },
};

const contentLies: Lies = {
  "another row": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, row: toHex(balances.row.pack({ owner: alice, amount: 8n })) }),
    code: "not-proved",
  },
  "no row where one is": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, row: null }),
    code: "not-proved",
  },
  "a row with more behind it": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, row: `${toHex(packedRow)}00` }),
    code: "not-proved",
  },
  "a row that is no hex": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, row: "0G" }),
    code: "answer-malformed",
  },
  "a row without a proof": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, proof: [] }),
    code: "not-proved",
  },
  "a proof that is none": {
    ...aboutRow,
    alter: (answer) => ({ ...answer, proof: "00" }),
    code: "answer-malformed",
  },
  "another event": {
    ...aboutEvent,
    alter: (answer) => ({ ...answer, proof: eventProof(1) }),
    code: "other-event",
  },
  "an event that did not happen": {
    ...aboutEvent,
    alter: (answer) => {
      const proof = eventProof(0);
      assert.ok(typeof proof === "object");
      const other = eventProof(1);
      assert.ok(typeof other === "object" && other !== null && "record" in other);
      return { ...answer, proof: { ...proof, record: other.record } };
    },
    code: "not-proved",
  },
  "an event at another place": {
    ...aboutEvent,
    alter: (answer) => ({ ...answer, proof: { ...(eventProof(0) as object), index: 1 } }),
    code: "not-proved",
  },
  "an event without a proof": {
    ...aboutEvent,
    alter: (answer) => ({ ...answer, proof: undefined }),
    code: "answer-malformed",
  },
};

for (const [name, lie] of Object.entries({ ...headerLies, ...contentLies })) {
  test(`${name}: ${lie.code}`, async () => {
    assert.deepEqual(await tell(lie), { code: lie.code, isTold: true, isUnspoiled: true });
  });
}

test("a refusal that is none is no refusal", async () => {
  const node = new FakeLightNode();
  const light = new LightClient({
    root: "http://node.test",
    port: node.port,
    trusted: node.chain.id,
  });
  for (const told of [{ code: 7 }, "no", null, ["code"], { code: "x" }]) {
    node.instead = () => Promise.resolve(answerOf(told, 500));
    const refused = await askRow(light);
    assert.equal(refused.ok ? "proved" : refused.error.code, "answer-not-json");
  }
});
