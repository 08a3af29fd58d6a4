import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { toHex } from "@kith/sdk/bytes";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import {
  amountMax,
  memoBytesMax,
  precisionMax,
  subAccountBytesMax,
  subAccountTokensMax,
} from "@kith/tokens/limits";
import { balanceFlags, tokenFlags, tokens } from "@kith/tokens/service";

import { keyOf } from "./network.ts";
import { ServiceNetwork } from "./service-network.ts";

const alice = accountNameConstant("alice");
const bob = accountNameConstant("bob");
const carol = accountNameConstant("carol");
const keys = new Map<AccountName, Uint8Array>([
  [alice, keyOf(7)],
  [bob, keyOf(8)],
  [carol, keyOf(9)],
]);
const memo = "for bread";

/** A network where alice, bob and carol have accounts. */
class TokenNetwork extends ServiceNetwork<typeof tokens.actions> {
  constructor() {
    super({ service: tokens, keys, network: { services: [tokens.module] } });
    for (const [name, key] of keys) {
      const create = { name, key: publicKeyOf(key) };
      this.run([packAction(name, accountsInterface, "create", create)], key);
    }
  }

  /** A token with 4 digits of which alice has the amount. */
  mint(amount: bigint, maxIssued = 1_000_000n): number {
    const tokenId = this.act(alice, "create", { precision: 4, maxIssued });
    assert.ok(typeof tokenId === "number");
    if (amount > 0n) assert.equal(this.act(alice, "mint", { tokenId, amount, memo }), "done");
    return tokenId;
  }

  balance(account: AccountName, tokenId: number): unknown {
    return this.act(carol, "balance", { account, tokenId });
  }

  shared(creditor: AccountName, debitor: AccountName, tokenId: number): unknown {
    return this.act(carol, "sharedBalance", { creditor, debitor, tokenId });
  }
}

test("whoever creates a token issues it, up to the supply that it promised", () => {
  const network = new TokenNetwork();
  assert.equal(network.act(alice, "mint", { tokenId: 1, amount: 1n, memo }), "token-unknown");
  const tokenId = network.mint(12_345n, 80_000n);
  assert.equal(tokenId, 1);
  assert.equal(network.balance(alice, tokenId), 12_345n);
  assert.equal(network.act(bob, "mint", { tokenId, amount: 1n, memo }), "not-the-issuer");
  assert.equal(network.act(alice, "mint", { tokenId, amount: 0n, memo }), "amount-zero");
  const over = { tokenId, amount: 67_656n, memo };
  assert.equal(network.act(alice, "mint", over), "supply-exceeded");
  assert.equal(network.act(alice, "mint", { ...over, amount: 67_655n }), "done");
  assert.equal(network.act(alice, "mint", { ...over, amount: 1n }), "supply-exceeded");
  assert.equal(network.mint(0n), 2);
});

test("a token has up to 8 digits, and at least one can be issued", () => {
  const network = new TokenNetwork();
  const create = (precision: number, maxIssued: bigint): unknown =>
    network.act(alice, "create", { precision, maxIssued });
  assert.equal(create(precisionMax + 1, 1n), "precision-too-high");
  assert.equal(create(0, 0n), "supply-zero");
  assert.equal(create(precisionMax, 1n), 1);
  assert.equal(create(0, amountMax), 2);
});

test("amounts reach the end of 64 bits and never go round it", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(amountMax, amountMax);
  assert.equal(network.balance(alice, tokenId), amountMax);
  const more = { tokenId, amount: amountMax, memo };
  assert.equal(network.act(alice, "mint", more), "supply-exceeded");
  assert.equal(network.act(alice, "credit", { ...more, debitor: bob }), "done");
  assert.equal(network.act(alice, "credit", { ...more, debitor: bob }), "balance-insufficient");
  assert.equal(network.act(bob, "debit", { ...more, creditor: alice }), "done");
  assert.equal(network.balance(bob, tokenId), amountMax);
  assert.equal(network.act(bob, "burn", more), "done");
  assert.equal(network.act(alice, "mint", { ...more, amount: 1n }), "supply-exceeded");
});

test("what is credited is shared until the debitor takes it", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(12_345n);
  const all = { tokenId, amount: 12_345n, memo };
  assert.equal(network.act(alice, "credit", { ...all, debitor: bob }), "done");
  assert.equal(network.balance(alice, tokenId), 0n);
  assert.equal(network.shared(alice, bob, tokenId), 12_345n);
  assert.equal(network.shared(bob, alice, tokenId), 0n);
  const debit = (amount: bigint): unknown =>
    network.act(bob, "debit", { tokenId, creditor: alice, amount, memo });
  assert.equal(debit(12_340n), "done");
  assert.equal(network.balance(bob, tokenId), 12_340n);
  assert.equal(debit(6n), "shared-balance-insufficient");
  assert.equal(debit(0n), "amount-zero");
  assert.equal(debit(5n), "done");
  assert.equal(debit(1n), "shared-balance-empty");
  assert.equal(network.balance(bob, tokenId), 12_345n);
});

test("the creditor takes back at most what is left, the debitor sends back all of it", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(100n);
  const credit = { tokenId, debitor: bob, amount: 50n, memo };
  assert.equal(network.act(alice, "credit", credit), "done");
  const uncredit = (amount: bigint): unknown =>
    network.act(alice, "uncredit", { tokenId, debitor: bob, amount, memo });
  assert.equal(uncredit(25n), 25n);
  assert.equal(uncredit(51n), 25n);
  assert.equal(uncredit(1n), "shared-balance-empty");
  assert.equal(network.balance(alice, tokenId), 100n);
  network.act(alice, "credit", credit);
  assert.equal(
    network.act(carol, "reject", { tokenId, creditor: alice, memo }),
    "shared-balance-empty",
  );
  assert.equal(network.act(bob, "reject", { tokenId, creditor: alice, memo }), 50n);
  assert.equal(network.balance(alice, tokenId), 100n);
  assert.equal(network.balance(bob, tokenId), 0n);
});

test("nobody credits more than he has, himself, or an account that is not there", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(100n);
  const credit = (debitor: AccountName, amount: bigint): unknown =>
    network.act(alice, "credit", { tokenId, debitor, amount, memo });
  assert.equal(credit(bob, 101n), "balance-insufficient");
  assert.equal(credit(bob, 0n), "amount-zero");
  assert.equal(credit(alice, 1n), "debitor-is-creditor");
  assert.equal(credit(accountNameConstant("nobody"), 1n), "account-unknown");
  const long = "x".repeat(memoBytesMax + 1);
  const withMemo = (text: string): unknown =>
    network.act(alice, "credit", { tokenId, debitor: bob, amount: 1n, memo: text });
  assert.equal(withMemo(long), "memo-too-long");
  assert.equal(withMemo("ü".repeat(memoBytesMax / 2 + 1)), "memo-too-long");
  assert.equal(withMemo("x".repeat(memoBytesMax)), "done");
});

test("who wants it gets credits at once, for all tokens or for one", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(100n);
  const other = network.mint(100n);
  const autoDebit = { flag: balanceFlags.autoDebit, enabled: true };
  const credit = (id: number): unknown =>
    network.act(alice, "credit", { tokenId: id, debitor: bob, amount: 10n, memo });
  assert.equal(network.act(bob, "setAccountFlag", autoDebit), "done");
  assert.equal(credit(tokenId), "done");
  assert.equal(network.balance(bob, tokenId), 10n);
  const off = { ...autoDebit, tokenId, enabled: false };
  assert.equal(network.act(bob, "setBalanceFlag", off), "done");
  credit(tokenId);
  credit(other);
  assert.equal(network.shared(alice, bob, tokenId), 10n);
  assert.equal(network.balance(bob, other), 10n);
  assert.equal(network.act(bob, "clearBalanceFlags", { tokenId }), "done");
  assert.equal(network.act(bob, "clearBalanceFlags", { tokenId }), "settings-unknown");
  const asked = { account: bob, tokenId, flag: balanceFlags.autoDebit };
  assert.equal(network.act(alice, "balanceFlag", asked), true);
  assert.equal(network.act(alice, "accountFlag", { account: bob, flag: 2 }), "flag-unknown");
  assert.equal(network.act(bob, "setAccountFlag", { flag: 8, enabled: true }), "flag-unknown");
});

test("balances of zero have no rows, unless their owner wants to keep them", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(10n);
  const rows = (): unknown =>
    Reflect.get(Object(network.get("/balances?account=alice").json), "rows");
  network.act(alice, "burn", { tokenId, amount: 10n, memo });
  assert.deepEqual(rows(), []);
  network.act(alice, "setAccountFlag", { flag: balanceFlags.keepZeroBalances, enabled: true });
  network.act(alice, "mint", { tokenId, amount: 10n, memo });
  network.act(alice, "burn", { tokenId, amount: 10n, memo });
  assert.deepEqual(rows(), [{ account: "alice", tokenId, amount: "0" }]);
});

test("holders burn what they have, and what is burned stays issued", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(100n, 100n);
  const burn = (amount: bigint): unknown => network.act(alice, "burn", { tokenId, amount, memo });
  assert.equal(burn(101n), "balance-insufficient");
  assert.equal(burn(60n), "done");
  assert.equal(burn(41n), "balance-insufficient");
  assert.equal(burn(40n), "done");
  assert.equal(burn(0n), "amount-zero");
  assert.equal(network.act(bob, "burn", { tokenId, amount: 1n, memo }), "balance-insufficient");
  const token = network.act(alice, "token", { tokenId });
  assert.ok(typeof token === "object");
  assert.deepEqual([token.issued, token.burned], [100n, 100n]);
  assert.equal(network.act(alice, "mint", { tokenId, amount: 1n, memo }), "supply-exceeded");
});

test("the issuer recalls what others hold until the token is unrecallable, for ever", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(100n);
  network.act(bob, "setAccountFlag", { flag: balanceFlags.autoDebit, enabled: true });
  network.act(alice, "credit", { tokenId, debitor: bob, amount: 100n, memo });
  const recall = (sender: AccountName): unknown =>
    network.act(sender, "recall", { tokenId, from: bob, amount: 40n, memo });
  assert.equal(recall(bob), "not-the-issuer");
  assert.equal(recall(alice), "done");
  assert.equal(network.balance(bob, tokenId), 60n);
  const flag = { tokenId, flag: tokenFlags.unrecallable, enabled: true };
  assert.equal(network.act(bob, "setTokenFlag", flag), "not-the-issuer");
  assert.equal(network.act(alice, "setTokenFlag", { ...flag, enabled: false }), "flag-final");
  assert.equal(network.act(alice, "setTokenFlag", flag), "done");
  assert.equal(recall(alice), "token-unrecallable");
  assert.equal(network.act(alice, "setTokenFlag", { ...flag, enabled: false }), "flag-final");
  assert.equal(network.act(alice, "tokenFlag", { tokenId, flag: flag.flag }), true);
});

test("an untransferable token is credited by its issuer only", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(100n);
  network.act(bob, "setAccountFlag", { flag: balanceFlags.autoDebit, enabled: true });
  const flag = { tokenId, flag: tokenFlags.untransferable, enabled: true };
  assert.equal(network.act(alice, "setTokenFlag", flag), "done");
  const credit = (sender: AccountName, debitor: AccountName): unknown =>
    network.act(sender, "credit", { tokenId, debitor, amount: 10n, memo });
  assert.equal(credit(alice, bob), "done");
  assert.equal(credit(bob, carol), "token-untransferable");
  assert.equal(network.act(alice, "setTokenFlag", { ...flag, enabled: false }), "done");
  assert.equal(credit(bob, carol), "done");
});

test("an issuer hands the token over, or gives it up for ever", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(100n);
  const unknown = accountNameConstant("nobody");
  assert.equal(network.act(alice, "setIssuer", { tokenId, issuer: unknown }), "account-unknown");
  assert.equal(network.act(alice, "setIssuer", { tokenId, issuer: bob }), "done");
  assert.equal(network.act(alice, "mint", { tokenId, amount: 1n, memo }), "not-the-issuer");
  assert.equal(network.act(bob, "mint", { tokenId, amount: 1n, memo }), "done");
  assert.equal(network.act(bob, "recall", { tokenId, from: alice, amount: 1n, memo }), "done");
  assert.equal(network.act(bob, "setIssuer", { tokenId }), "done");
  for (const sender of [alice, bob]) {
    assert.equal(network.act(sender, "mint", { tokenId, amount: 1n, memo }), "not-the-issuer");
    assert.equal(network.act(sender, "setIssuer", { tokenId, issuer: alice }), "not-the-issuer");
  }
});

test("sub-accounts hold tokens apart, and go when they are empty unless they were made to stay", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(100_000n);
  const name = "savings";
  const move = (method: "toSub" | "fromSub", amount: bigint): unknown =>
    network.act(alice, method, { tokenId, name, amount });
  const held = (): unknown => network.act(bob, "subBalance", { account: alice, name, tokenId });
  assert.equal(move("toSub", 80_000n), "done");
  assert.equal(network.balance(alice, tokenId), 20_000n);
  assert.equal(held(), 80_000n);
  assert.equal(move("fromSub", 80_001n), "sub-balance-insufficient");
  assert.equal(network.act(bob, "fromSub", { tokenId, name, amount: 1n }), "sub-account-unknown");
  assert.equal(network.act(alice, "deleteSub", { name }), "sub-account-not-empty");
  assert.equal(move("fromSub", 80_000n), "done");
  // Nothing as a result reads as "done" here: the sub-account is gone.
  assert.equal(held(), "done");
  assert.equal(move("toSub", 100_001n), "balance-insufficient");
  assert.equal(move("toSub", 1n), "done");
  assert.equal(network.act(alice, "createSub", { name }), "done");
  assert.equal(network.act(alice, "createSub", { name }), "sub-account-exists");
  assert.equal(move("fromSub", 1n), "done");
  assert.equal(held(), 0n);
  assert.equal(network.act(alice, "deleteSub", { name }), "done");
  assert.equal(network.act(alice, "deleteSub", { name }), "sub-account-unknown");
  const longest = "a".repeat(subAccountBytesMax);
  assert.equal(network.act(alice, "createSub", { name: longest }), "done");
  assert.equal(network.act(alice, "createSub", { name: `${longest}a` }), "sub-account-too-long");
  assert.equal(network.act(alice, "createSub", { name: "" }), "sub-account-nameless");
});

test("a sub-account holds a bounded number of tokens", () => {
  const network = new TokenNetwork();
  const actions = Array.from({ length: subAccountTokensMax + 1 }, (_, at) => [
    packAction(alice, tokens, "create", { precision: 0, maxIssued: 1n }),
    packAction(alice, tokens, "mint", { tokenId: at + 1, amount: 1n, memo }),
  ]).flat();
  assert.equal(network.run(actions, keys.get(alice)).failure, undefined);
  const puts = Array.from({ length: subAccountTokensMax }, (_, at) =>
    packAction(alice, tokens, "toSub", { tokenId: at + 1, name: "all", amount: 1n }),
  );
  assert.equal(network.run(puts, keys.get(alice)).failure, undefined);
  const one = { tokenId: subAccountTokensMax + 1, name: "all", amount: 1n };
  assert.equal(network.act(alice, "toSub", one), "sub-account-full");
});

test("a transfer tells both sides, and is proved by the root of events", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(10n);
  network.act(bob, "setAccountFlag", { flag: balanceFlags.autoDebit, enabled: true });
  const credit = packAction(alice, tokens, "credit", { tokenId, debitor: bob, amount: 10n, memo });
  const before = network.chain.applied()?.eventRoot;
  const { events, applied } = network.block([network.transaction([credit], keyOf(7))]);
  assert.deepEqual(
    events.map(({ service, declared }) => [service, declared.name]),
    [
      ["tokens", "balanceChanged"],
      ["tokens", "balanceChanged"],
      ["tokens", "transferred"],
    ],
  );
  assert.notEqual(applied.eventRoot, before);
});

test("pages of holders, balances, tokens and shared balances follow each other without gaps", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(100n);
  network.mint(5n);
  network.mint(7n);
  for (const debitor of [bob, carol]) {
    network.act(debitor, "setAccountFlag", { flag: balanceFlags.autoDebit, enabled: true });
    network.act(alice, "credit", { tokenId, debitor, amount: 40n, memo });
  }
  const holders = `/tokens/${tokenId}/holders?limit=1`;
  assert.deepEqual(pages(network, holders), [
    { account: "carol", tokenId, amount: "40" },
    { account: "bob", tokenId, amount: "40" },
    { account: "alice", tokenId, amount: "20" },
  ]);
  const amounts = pages(network, "/balances?account=alice&limit=1");
  assert.deepEqual(
    amounts.map((row) => Reflect.get(row, "amount")),
    ["20", "5", "7"],
  );
  const ids = (path: string): unknown[] =>
    pages(network, path).map((row) => Reflect.get(row, "id"));
  assert.deepEqual(ids("/tokens?limit=1"), [1, 2, 3]);
  network.act(alice, "setIssuer", { tokenId: 2, issuer: bob });
  assert.deepEqual(ids("/tokens?issuer=alice&limit=1"), [1, 3]);
  for (const debitor of [bob, carol]) {
    network.act(debitor, "setAccountFlag", { flag: balanceFlags.autoDebit, enabled: false });
    network.act(alice, "credit", { tokenId, debitor, amount: 1n, memo });
    network.act(alice, "credit", { tokenId: 3, debitor, amount: 2n, memo });
  }
  assert.equal(pages(network, "/shared?creditor=alice&limit=1").length, 4);
  assert.deepEqual(
    pages(network, "/shared?debitor=bob&limit=1").map((row) => Reflect.get(row, "amount")),
    ["1", "2"],
  );
});

test("one token is shown whole, and wrong questions get a code", () => {
  const network = new TokenNetwork();
  network.mint(5n, 10n);
  const answers = { id: 1, issuer: "alice", precision: 4, flags: 0 };
  const supply = { issued: "5", burned: "0", maxIssued: "10" };
  assert.deepEqual(network.get("/tokens/1"), { status: 200, json: { ...answers, ...supply } });
  const code = (path: string): unknown => Reflect.get(Object(network.get(path).json), "code");
  assert.equal(code("/tokens/2"), "token-unknown");
  assert.equal(code("/tokens/x"), "token-unknown");
  assert.equal(code("/tokens?limit=0"), "limit-invalid");
  assert.equal(code("/tokens?limit=101"), "limit-invalid");
  assert.equal(code("/balances"), "account-invalid");
  assert.equal(code("/balances?account=!!"), "account-invalid");
  assert.equal(code("/tokens/1/holders?after=x"), "after-invalid");
  assert.equal(code("/shared?creditor=alice&after=bob"), "after-invalid");
  assert.equal(network.get("/index.html").status, 0);
  assert.equal(network.get("/balances/x").status, 0);
});

test("supply is always what accounts have, share and keep apart, whatever they do", () => {
  const network = new TokenNetwork();
  const tokenId = network.mint(1_000n);
  let seed = 20_261_121;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const people = [alice, bob, carol];
  for (let step = 0; step < 150; step++) {
    const sender = people[next(3)] ?? alice;
    const other = people[next(3)] ?? alice;
    const amount = BigInt(next(80));
    const args = { tokenId, amount, memo };
    switch (next(8)) {
      case 0:
        network.act(sender, "mint", args);
        break;
      case 1:
        network.act(sender, "burn", args);
        break;
      case 2:
        network.act(sender, "uncredit", { ...args, debitor: other });
        break;
      case 3:
        network.act(sender, "debit", { ...args, creditor: other });
        break;
      case 4:
        network.act(sender, "reject", { tokenId, creditor: other, memo });
        break;
      case 5:
        network.act(sender, next(2) === 0 ? "toSub" : "fromSub", { tokenId, name: "box", amount });
        break;
      case 6:
        network.act(sender, "setAccountFlag", { flag: next(2), enabled: next(2) === 0 });
        break;
      default:
        network.act(sender, "credit", { ...args, debitor: other });
    }
  }
  const token = network.act(alice, "token", { tokenId });
  assert.ok(typeof token === "object");
  let sum = 0n;
  for (const one of people) {
    sum += amountOf(network.balance(one, tokenId));
    sum += amountOf(network.act(one, "subBalance", { account: one, name: "box", tokenId }));
    for (const other of people) sum += amountOf(network.shared(one, other, tokenId));
  }
  assert.equal(sum, token.issued - token.burned);
  assert.ok(token.burned > 0n && token.issued > 1_000n, "the walk did something");
});

test("two networks that do the same have the same state", () => {
  const roots = [1, 2].map(() => {
    const network = new TokenNetwork();
    const tokenId = network.mint(10n);
    network.act(alice, "credit", { tokenId, debitor: bob, amount: 3n, memo });
    return network.chain.applied();
  });
  assert.equal(roots[0]?.stateRoot, roots[1]?.stateRoot);
  assert.ok((roots[0]?.num ?? 0) > blockNumOf(5));
  assert.notEqual(roots[0]?.stateRoot, toHex(new Uint8Array(32)));
});

function amountOf(value: unknown): bigint {
  return typeof value === "bigint" ? value : 0n;
}

/** All rows of a query, page by page. */
function pages(network: TokenNetwork, path: string): readonly object[] {
  const rows: object[] = [];
  let after = "";
  for (let turn = 0; turn < 20; turn++) {
    const { status, json } = network.get(path + after);
    assert.equal(status, 200, path);
    const page = Object(json) as { readonly rows: readonly object[]; readonly next?: string };
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
    after = `&after=${page.next}`;
  }
  throw new Error(`${path} does not end`);
}
