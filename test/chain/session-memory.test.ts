import assert from "node:assert/strict";
import { test } from "node:test";

import { sessionPagesMax } from "@kith/chain/limits";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { ServiceModule } from "@kith/protocol/service-abi";
import type { Action } from "@kith/protocol/transaction";

import { owner, ownerKey, TestNetwork } from "./network.ts";

const name = accountNameConstant("hoard");
const u32 = { Int: { bits: 32, isSigned: false } };
const take = { params: { Struct: { pages: u32 } }, result: u32 };

/** Takes as much memory as it is told, and says how often it was called since it remembers. */
const hoard: ServiceModule = {
  definition: {
    name,
    tables: [],
    schema: JSON.stringify({ service: "hoard", types: {}, actions: { take } }),
  },
  action: (_, args, { session }) => {
    const held = session.hold("hoard", () => ({ calls: 0, close: () => undefined }));
    session.pages += new DataView(args.buffer, args.byteOffset).getUint32(0, true);
    const result = new Uint8Array(4);
    result[0] = ++held.calls;
    return result;
  },
};

function taking(pages: number): Action {
  const rawData = new Uint8Array(4);
  new DataView(rawData.buffer).setUint32(0, pages, true);
  return { sender: owner, service: name, method: methodNameConstant("take"), rawData };
}

test("services remember from one transaction of a block to the next, up to the memory that a block may keep", () => {
  const network = new TestNetwork({ services: [hoard] });
  // A block's own services take some of it as well.
  const most = sessionPagesMax / 2;
  const transactions = [0, 1, sessionPagesMax, 2, most, 3, most].map((pages, i) =>
    network.transaction([taking(pages)], ownerKey, network.time + 10 + i),
  );
  const { receipts } = network.block(transactions);
  const calls = receipts.map(({ results }) => results[0]?.[0]);
  assert.deepEqual(calls, [1, 2, 3, 1, 2, 3, 4]);
  const next = network.block([network.transaction([taking(0)], ownerKey, network.time + 30)]);
  assert.deepEqual(next.receipts[0]?.results[0]?.[0], 1);
});
