import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { board } from "@kith/board/service";
import { generateClient } from "@kith/cli/generate-client";
import { oddService } from "@kith/cli/odd-service";
import { signEd25519 } from "@kith/protocol/ed25519";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { receiptOf, type Answer, type Connection, type Result } from "@kith/sdk/client";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { accountNameConstant, type AccountName } from "@kith/sdk/types";
import { tokens } from "@kith/tokens/service";

import { clientPortOf } from "./network-http.ts";
import { keyOf, TestNetwork } from "./network.ts";

/** A project of an author of a front-end: generated clients, and pages that use them. */
const root = join(import.meta.dirname, "../..");
const project = mkdtempSync(join(tmpdir(), "kith-clients-"));
after(() => rmSync(project, { recursive: true }));
symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
mkdirSync(join(project, "src"));
for (const definition of [tokens.module.definition, board.module.definition, oddService]) {
  writeFileSync(join(project, "src", `${definition.name}-client.ts`), clientOf(definition));
}

function clientOf(definition: ServiceDefinition): string {
  const client = generateClient(definition);
  assert.ok(client.ok, JSON.stringify(client));
  return client.value;
}

/** Has to be all that the compiler says about a page. */
const page = `
import { TokensClient, tokensInterface, type CreditArguments } from "./tokens-client.ts";
import { BoardClient, type ModeratedEvent, type PostsRow } from "./board-client.ts";
import { Type2048OddClient, type Comment, type Term } from "./2048-odd-client.ts";
import { packAction } from "@kith/sdk/transaction";
import type { Connection, Done, ClientError, Result } from "@kith/sdk/client";
import { accountNameConstant, type AccountName } from "@kith/sdk/types";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}

same<CreditArguments, {
  readonly tokenId: number; readonly debitor: AccountName; readonly amount: bigint; readonly memo: string;
}>(true);
same<PostsRow["replyTo"], number | undefined>(true);
same<PostsRow["postedAt"], bigint>(true);
same<Extract<ModeratedEvent["measure"], { readonly unbanned: unknown }>["unbanned"]["account"], AccountName>(true);
same<Comment["replies"], readonly Comment[]>(true);
same<Term, { readonly number: number } | { readonly sum: readonly Term[] } | { readonly "not this": Readonly<Record<string, never>> }>(true);

declare const connection: Connection;
const alice = accountNameConstant("alice");
const tokens = new TokensClient(connection);
same<ReturnType<typeof tokens.actions.create>, Promise<Result<Done<number>, ClientError>>>(true);
same<ReturnType<typeof tokens.actions.uncredit>, Promise<Result<Done<bigint>, ClientError>>>(true);
same<ReturnType<typeof tokens.actions.mint>, Promise<Result<Done<void>, ClientError>>>(true);
same<ReturnType<typeof tokens.readRow<"balances">>, { readonly account: AccountName; readonly tokenId: number; readonly amount: bigint } | undefined>(true);
packAction(alice, tokensInterface, "mint", { tokenId: 1, amount: 1n, memo: "" });
tokens.pack("setIssuer", { tokenId: 1 });
new BoardClient(connection).actions.reply({ thread: 1, text: "x" });
new Type2048OddClient(connection).actions.void({ "0x": 1 });
new Type2048OddClient(connection).actions["weird name!"]([1, undefined]);

// @ts-expect-error -- 64 bits are bigints
tokens.pack("mint", { tokenId: 1, amount: 1, memo: "" });
// @ts-expect-error -- accounts are parsed
tokens.pack("credit", { tokenId: 1, debitor: "bob", amount: 1n, memo: "" });
// @ts-expect-error -- something is missing
tokens.pack("mint", { tokenId: 1, amount: 1n });
// @ts-expect-error -- no such action
tokens.actions.destroy({});
// @ts-expect-error -- no such table
tokens.readRow("nothing", {});
`;

test("generated clients have exact types, and the compiler finds what is wrong in pages", () => {
  writeFileSync(join(project, "src/page.ts"), page);
  const base = join(root, "tsconfig.json");
  const compilerOptions = { lib: ["ES2024", "DOM"], types: [], isolatedDeclarations: false };
  const config = { extends: base, compilerOptions, include: ["src"] };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(root, "node_modules/.bin/tsc");
  const done = spawnSync(compiler, ["-p", project, "--noEmit"], { encoding: "utf8" });
  assert.equal(done.stdout + done.stderr, "");
  assert.equal(done.status, 0);
});

const alice = accountNameConstant("alice");
const bob = accountNameConstant("bob");
const keys: readonly (readonly [AccountName, Uint8Array])[] = [
  [alice, keyOf(7)],
  [bob, keyOf(8)],
];

type Done = Promise<
  Result<
    { readonly value: unknown; readonly blockNum: number },
    { readonly code: string; readonly reason?: string }
  >
>;
type Call = (args: object) => Done;
/** The generated class as a page sees it, without its types: the compiler has looked at those above. */
type LooseClient = {
  readonly actions: Readonly<Record<string, Call>>;
  pack(name: string, args: object): never;
  send(
    actions: readonly never[],
  ): Promise<Result<{ readonly results: readonly Uint8Array[] }, { readonly code: string }>>;
  get(target: string): Promise<Result<unknown, { readonly code: string }>>;
  getRows(
    table: string,
    target: string,
  ): Promise<
    Result<{ readonly rows: readonly object[]; readonly next?: string }, { readonly code: string }>
  >;
  readRow(table: string, json: unknown): object | undefined;
  readEvent(event: string, packed: Uint8Array): object | undefined;
};

async function tokensClient(connection: Connection): Promise<LooseClient> {
  const module: unknown = await import(join(project, "src/tokens-client.ts"));
  const made: unknown = Reflect.construct(Reflect.get(Object(module), "TokensClient"), [
    connection,
  ]);
  return made as LooseClient;
}

function networkWithPeople(): TestNetwork {
  const network = new TestNetwork({ services: [tokens.module] });
  for (const [name, key] of keys) {
    network.run(
      [packAction(name, accountsInterface, "create", { name, key: publicKeyOf(key) })],
      key,
    );
  }
  return network;
}

function connect(network: TestNetwork, account: AccountName, key: Uint8Array): Connection {
  const signer = {
    publicKey: publicKeyOf(key),
    sign: (message: Uint8Array) => Promise.resolve(signEd25519(message, key)),
  };
  return { root: "http://kith.localhost:8080", account, signer, port: clientPortOf(network) };
}

test("a client calls actions and gets their results, or the service's own reason", async () => {
  const network = networkWithPeople();
  const client = await tokensClient(connect(network, alice, keyOf(7)));
  const { actions } = client;
  const created = await actions["create"]?.({ precision: 4, maxIssued: 1_000n });
  assert.ok(created?.ok === true);
  assert.equal(created.value.value, 1);
  assert.equal(created.value.blockNum, network.chain.applied()?.num);
  const minted = await actions["mint"]?.({ tokenId: 1, amount: 100n, memo: "" });
  assert.ok(minted?.ok === true);
  assert.equal(minted.value.value, undefined);
  await actions["credit"]?.({ tokenId: 1, debitor: bob, amount: 60n, memo: "" });
  const back = await actions["uncredit"]?.({ tokenId: 1, debitor: bob, amount: 99n, memo: "" });
  assert.ok(back?.ok === true);
  assert.equal(back.value.value, 60n);
  const tooMuch = await actions["burn"]?.({ tokenId: 1, amount: 101n, memo: "" });
  assert.ok(tooMuch?.ok === false);
  const { code, reason } = tooMuch.error;
  assert.deepEqual([code, reason], ["transaction-failed", "balance-insufficient"]);
});

test("a client reads pages of rows as they are typed, and rows that are none are refused", async () => {
  const network = networkWithPeople();
  const client = await tokensClient(connect(network, alice, keyOf(7)));
  for (const maxIssued of [1n, 2n ** 64n - 1n]) {
    await client.actions["create"]?.({ precision: 0, maxIssued });
  }
  const page1 = await client.getRows("tokens", "/tokens?limit=1");
  assert.ok(page1.ok);
  const expected = { issuer: "alice", precision: 0, flags: 0, issued: 0n, burned: 0n };
  assert.deepEqual(page1.value.rows, [{ id: 1, ...expected, maxIssued: 1n }]);
  const page2 = await client.getRows("tokens", `/tokens?limit=2&after=${page1.value.next}`);
  assert.ok(page2.ok);
  assert.deepEqual(page2.value, { rows: [{ id: 2, ...expected, maxIssued: 2n ** 64n - 1n }] });
  const wrong = await client.getRows("balances", "/tokens");
  assert.ok(!wrong.ok);
  assert.equal(wrong.error.code, "answer-malformed");
  const refused = await client.get("/tokens/9");
  assert.ok(!refused.ok);
  assert.deepEqual(refused.error, {
    code: "refused",
    status: 404,
    reason: "token-unknown",
    message: "there is no token 9",
  });
  assert.equal(
    client.readRow("balances", { account: "alice", tokenId: 1, amount: "x" }),
    undefined,
  );
  const balance = { account: "alice", tokenId: 1, amount: "5" };
  assert.deepEqual(client.readRow("balances", balance), { ...balance, amount: 5n });
});

test("several actions are one transaction, and events are read by their types", async () => {
  const network = networkWithPeople();
  const client = await tokensClient(connect(network, alice, keyOf(7)));
  const create = client.pack("create", { precision: 0, maxIssued: 10n });
  const mint = client.pack("mint", { tokenId: 1, amount: 10n, memo: "m" });
  const over = client.pack("mint", { tokenId: 1, amount: 1n, memo: "m" });
  const failed = await client.send([create, mint, over]);
  assert.ok(!failed.ok);
  const { code, reason, actionIndex } = Object(failed.error) as Record<string, unknown>;
  assert.deepEqual([code, reason, actionIndex], ["transaction-failed", "supply-exceeded", 2]);
  const done = await client.send([create, mint]);
  assert.ok(done.ok);
  assert.equal(done.value.results.length, 2);
  const data = { tokenId: 1, from: alice, to: bob, amount: 3n, memo: "" };
  const credit = packAction(alice, tokens, "credit", {
    tokenId: 1,
    debitor: bob,
    amount: 3n,
    memo: "",
  });
  network.run([packAction(bob, tokens, "setAccountFlag", { flag: 0, enabled: true })], keyOf(8));
  const { events } = network.block([network.transaction([credit], keyOf(7))]);
  const transferred = events.find(({ declared }) => declared.name === "transferred");
  assert.deepEqual(client.readEvent("transferred", transferred?.data ?? new Uint8Array()), data);
  assert.equal(client.readEvent("transferred", Uint8Array.of(1)), undefined);
});

test("what a node refuses, a network that is gone and one that cannot decide are told apart", async () => {
  const network = networkWithPeople();
  const own = connect(network, alice, keyOf(7));
  const args = { precision: 0, maxIssued: 1n };
  const errorOf = async (
    connection: Connection,
  ): Promise<{ readonly code: string; readonly reason?: string }> => {
    const client = await tokensClient(connection);
    const done = await client.actions["create"]?.(args);
    assert.ok(done?.ok === false);
    return done.error;
  };
  const stranger = await errorOf(connect(network, alice, keyOf(9)));
  assert.equal(stranger.code, "refused");
  const away = await errorOf({ ...own, port: { ...own.port, fetch: gone } });
  assert.equal(away.code, "unreachable");
  const wrong = await errorOf({ ...own, port: { ...own.port, fetch: noise } });
  assert.equal(wrong.code, "answer-malformed");
  const undecided = await errorOf({ ...own, port: losing(own, Number.POSITIVE_INFINITY, false) });
  assert.equal(undecided.code, "undecided");
});

test("an answer that is lost is asked for again, and the transaction counts once", async () => {
  const network = networkWithPeople();
  const own = connect(network, alice, keyOf(7));
  const client = await tokensClient({ ...own, port: losing(own, 2, true) });
  const created = await client.actions["create"]?.({ precision: 0, maxIssued: 1n });
  assert.ok(created?.ok === true);
  assert.equal(created.value.value, 1);
  const again = await client.actions["create"]?.({ precision: 0, maxIssued: 1n });
  assert.ok(again?.ok === true);
  assert.equal(again.value.value, 2);
  const { transactionId } = Object(again.value) as {
    transactionId: Parameters<typeof receiptOf>[1];
  };
  const known = await receiptOf(own, transactionId);
  assert.ok(known.ok);
  assert.equal(known.value?.blockNum, again.value.blockNum);
});

function gone(): Promise<Answer> {
  return Promise.reject(new Error("connection refused"));
}

async function noise(): Promise<Answer> {
  return new Response("<html>");
}

test("what a service tells at /common/schema gives the same client as its source", async () => {
  const network = networkWithPeople();
  const { port } = connect(network, alice, keyOf(7));
  const url = "http://tokens.kith.localhost:8080/common/schema";
  const answer = await port.fetch(url, { method: "GET", headers: {} });
  const text = new TextDecoder().decode(await answer.arrayBuffer());
  const { name, tables, schema } = JSON.parse(text) as ServiceDefinition & {
    readonly schema: unknown;
  };
  const told = { name, tables, schema: JSON.stringify(schema) };
  assert.equal(clientOf(told), clientOf(tokens.module.definition));
});

/** The first answers to transactions are lost on their way, or never begin it. */
function losing({ port }: Connection, times: number, arrives: boolean): Connection["port"] {
  let left = times;
  return {
    ...port,
    fetch: async (url, parts) => {
      if (parts.method !== "POST" || left === 0) return port.fetch(url, parts);
      left--;
      if (arrives) await port.fetch(url, parts);
      throw new Error("connection reset");
    },
  };
}
