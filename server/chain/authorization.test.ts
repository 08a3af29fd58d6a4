import assert from "node:assert/strict";
import { test } from "node:test";

import { installedCodeCodec } from "@kith/protocol/entry-points";
import { sha256Hex } from "@kith/protocol/hashes";
import { blockNumOf } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { ServiceModule } from "@kith/protocol/service-abi";

import { Authorizations } from "./authorization.ts";
import { outsideTransactions, within, type ExecutionPlace } from "./execution.ts";
import { definitionCharFuel, transactionFuelMax } from "./limits.ts";
import { loadModule } from "./load-module.ts";
import type { Rows } from "./overlay.ts";
import { systemAccounts } from "./system-accounts.ts";

const fuelOfAction = 1_000;
const types = {
  Key: { Object: { id: { Int: { bits: 8, isSigned: false } } } },
};
const name = { Custom: { type: { Int: { bits: 64, isSigned: false } }, id: "AccountNumber" } };
const method = { Custom: { type: { Int: { bits: 64, isSigned: false } }, id: "MethodNumber" } };
const authorize = { params: { Object: { sender: name, service: name, method } } };

/** A `transact` that reads one row of its own, which is whatever the state says. */
const transact: ServiceModule = {
  definition: {
    name: systemAccounts.transact,
    tables: [{ name: "keys", rowType: "Key", indexes: [["id"]] }],
    schema: JSON.stringify({ service: "transact", types, actions: { authorize } }),
  },
  action: (_, __, host) => {
    host.meter.fuel -= fuelOfAction;
    host.get(0, Uint8Array.of(1));
    return new Uint8Array();
  },
};

/** Every question has a session of its own, which meets `transact` for the first time. */
const fuelOfQuestion = fuelOfAction + definitionCharFuel * transact.definition.schema.length;
const code = { codeHash: sha256Hex(new Uint8Array()), vm: 2 };
const installed = installedCodeCodec.pack({ account: systemAccounts.transact, ...code });
const action = {
  sender: accountNameConstant("alice"),
  service: accountNameConstant("tokens"),
  method: methodNameConstant("credit"),
  rawData: new Uint8Array(),
};

test("what a question costs does not depend on whether rows are the same objects as before", () => {
  const kept = [installed, Uint8Array.of(7)] as const;
  for (const copies of [false, true]) {
    const rows: Rows = {
      read: ({ address }) => {
        const row = address.service === systemAccounts.setcode ? kept[0] : kept[1];
        return copies ? row.slice() : row;
      },
      range: () => [],
    };
    assert.deepEqual(fuelOf(rows, 3), [fuelOfQuestion, 0, 0]);
  }
});

test("a question is asked again in a transaction when what was read for it has changed", () => {
  let keys = 0;
  const rows: Rows = {
    read: ({ address }) =>
      address.service === systemAccounts.setcode ? installed : Uint8Array.of(keys++ >> 1),
    range: () => [],
  };
  const [first, ...others] = fuelOf(rows, 4);
  assert.equal(first, fuelOfQuestion);
  assert.ok(others.includes(fuelOfQuestion));
});

test("an answer that is remembered from an earlier transaction is paid for again, and is no work", () => {
  const authorizations = new Authorizations();
  const row = Uint8Array.of(7);
  const rows: Rows = {
    read: ({ address }) => (address.service === systemAccounts.setcode ? installed : row),
    range: () => [],
  };
  const asked = Array.from({ length: 2 }, () =>
    within(placeOver(rows), outsideTransactions, (execution) => {
      assert.equal(authorizations.whyRefused(execution, action), undefined);
      return [transactionFuelMax - execution.meter.fuel, execution.rememberedFuel];
    }),
  );
  assert.deepEqual(asked, [
    [fuelOfQuestion, 0],
    [fuelOfQuestion, fuelOfQuestion],
  ]);
});

test("a session's first look at a service is paid for by the length of its schema, and the next is not", () => {
  const rows: Rows = { read: () => installed, range: () => [] };
  const used = within(placeOver(rows), outsideTransactions, (execution) =>
    Array.from({ length: 2 }, () => {
      const before = execution.meter.fuel;
      loadModule(execution, systemAccounts.transact);
      return before - execution.meter.fuel;
    }),
  );
  assert.deepEqual(used, [fuelOfQuestion - fuelOfAction, 0]);
});

function placeOver(rows: Rows): ExecutionPlace {
  const machine = { load: () => transact, describe: () => assert.fail() };
  return { machine, num: blockNumOf(2), time: 1, rows };
}

/** What each of several equal questions of one transaction takes. */
function fuelOf(rows: Rows, count: number): number[] {
  const authorizations = new Authorizations();
  return within(placeOver(rows), outsideTransactions, (execution) =>
    Array.from({ length: count }, () => {
      const before = execution.meter.fuel;
      assert.equal(authorizations.whyRefused(execution, action), undefined);
      assert.ok(before <= transactionFuelMax);
      return before - execution.meter.fuel;
    }),
  );
}
