import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { board } from "@kith/board/service";
import { bundleService } from "@kith/packaging/bundle-service";
import { toHex } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { ServiceModule } from "@kith/protocol/service-abi";
import { unpackText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { tokens } from "@kith/tokens/service";

import { ask } from "./ask.ts";
import { keyOf, startSeconds, TestNetwork } from "./network.ts";

const alice = accountNameConstant("alice");
const bob = accountNameConstant("bob");
const keys = new Map<AccountName, Uint8Array>([
  [alice, keyOf(7)],
  [bob, keyOf(8)],
  [tokens.name, keyOf(9)],
  [board.name, keyOf(10)],
]);

function create(network: TestNetwork, name: AccountName): void {
  const key = keys.get(name) ?? new Uint8Array();
  const action = packAction(name, accountsInterface, "create", { name, key: publicKeyOf(key) });
  assert.equal(network.run([action], key).failure, undefined, name);
}

/** The app as part of the program that tests it. */
function inProcess(module: ServiceModule): TestNetwork {
  const network = new TestNetwork({ services: [module] });
  for (const name of [alice, bob]) create(network, name);
  return network;
}

/** The app as an author installs it: a bundle in the sandbox. */
async function inSandbox({ definition }: ServiceModule): Promise<TestNetwork> {
  const { name } = definition;
  const network = new TestNetwork();
  for (const account of [alice, bob, name]) create(network, account);
  const folder = join(import.meta.dirname, "../../apps");
  const code = await bundleService(join(folder, name, "service/index.ts"));
  assert.ok(code.ok, JSON.stringify(code));
  const install = { vm: javaScript, code: code.value };
  const receipt = network.run(
    [packAction(name, setcodeInterface, "setCode", install)],
    keys.get(name),
  );
  assert.equal(receipt.failure, undefined);
  return network;
}

/** All that anybody sees of these actions: results, failures, events, answers. */
function outcomes(
  network: TestNetwork,
  actions: readonly Action[],
  paths: readonly string[],
): readonly unknown[] {
  const [first] = actions;
  assert.ok(first !== undefined);
  // Installing took one of the networks more blocks.
  network.time = startSeconds + 1000;
  const seen: unknown[] = actions.map((action) => {
    const key = keys.get(action.sender) ?? new Uint8Array();
    const { receipts, events } = network.block([network.transaction([action], key)]);
    return {
      method: action.method,
      results: receipts[0]?.results.map((result) => toHex(result)),
      failure: receipts[0]?.failure,
      events: events.map(({ declared, data }) => `${declared.name} ${toHex(data)}`),
    };
  });
  for (const path of paths) {
    const reply = ask(network, first.service, path);
    seen.push([path, reply?.status, unpackText(reply?.body ?? new Uint8Array())]);
  }
  return seen;
}

test("tokens do the same in the sandbox as outside of it", async () => {
  const memo = "for 🍞";
  const actions = [
    packAction(alice, tokens, "create", { precision: 4, maxIssued: 2n ** 64n - 1n }),
    packAction(alice, tokens, "mint", { tokenId: 1, amount: 2n ** 64n - 1n, memo }),
    packAction(alice, tokens, "mint", { tokenId: 1, amount: 1n, memo }),
    packAction(bob, tokens, "setAccountFlag", { flag: 0, enabled: true }),
    packAction(alice, tokens, "credit", { tokenId: 1, debitor: bob, amount: 2n ** 63n, memo }),
    packAction(bob, tokens, "credit", { tokenId: 1, debitor: alice, amount: 5n, memo }),
    packAction(bob, tokens, "uncredit", { tokenId: 1, debitor: alice, amount: 9n, memo }),
    packAction(alice, tokens, "toSub", { tokenId: 1, name: "Öl", amount: 7n }),
    packAction(alice, tokens, "subBalance", { tokenId: 1, name: "Öl", account: alice }),
    packAction(alice, tokens, "burn", { tokenId: 1, amount: 2n ** 63n, memo }),
    packAction(alice, tokens, "credit", {
      tokenId: 1,
      debitor: bob,
      amount: 1n,
      memo: "ü".repeat(41),
    }),
    packAction(alice, tokens, "token", { tokenId: 1 }),
  ];
  const paths = ["/tokens", "/tokens/1/holders?limit=1", "/balances?account=bob", "/tokens/x", "/"];
  const outside = outcomes(inProcess(tokens.module), actions, paths);
  assert.deepEqual(outcomes(await inSandbox(tokens.module), actions, paths), outside);
});

test("the board does the same in the sandbox as outside of it", async () => {
  const text = "Brot 🍞 ";
  const post = { thread: 1, number: 0 };
  const actions = [
    packAction(alice, board, "startThread", { title: "Brot", text: text.repeat(30) }),
    packAction(alice, board, "startThread", { title: "a\u0085b", text }),
    packAction(bob, board, "reply", { thread: 1, text: "\u200b", replyTo: 0 }),
    packAction(bob, board, "reply", { thread: 1, text: " \u00a0\ufeff" }),
    packAction(bob, board, "react", { ...post, kind: "👩‍🍳" }),
    packAction(bob, board, "react", { ...post, kind: "a\u2028b" }),
    packAction(alice, board, "edit", { ...post, text: "besser" }),
    packAction(bob, board, "lock", { thread: 1, enabled: true, reason: "" }),
    packAction(bob, board, "unreact", { ...post, kind: "👩‍🍳" }),
  ];
  const paths = [
    "/threads",
    "/threads/1/posts",
    "/threads/1/posts/0/revisions",
    "/authors/bob/posts?limit=1",
    "/threads?limit=%31&after=1.2.3",
    "/threads/1/nothing",
  ];
  const outside = outcomes(inProcess(board.module), actions, paths);
  assert.deepEqual(outcomes(await inSandbox(board.module), actions, paths), outside);
});
