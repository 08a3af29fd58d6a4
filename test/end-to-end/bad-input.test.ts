import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before as beforeAll, test } from "node:test";

import { openSecretKey } from "@kith/node/data-folder";
import { packageApp } from "@kith/packaging/package-app";
import { sha256, sha256Hex } from "@kith/protocol/hashes";
import { expirationSecondsMax, transactionBytesMax } from "@kith/protocol/limits";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { packText } from "@kith/protocol/texts";
import type { Action, Claim } from "@kith/protocol/transaction";
import { prepareTransaction } from "@kith/protocol/transactions";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { quotasInterface } from "@kith/sdk/system/quotas";
import {
  codeBytesMax,
  javaScript,
  pieceBytesMax,
  setcodeInterface,
  webAssembly,
} from "@kith/sdk/system/setcode";
import { finishSigning, packAction } from "@kith/sdk/transaction";

import type { Prover } from "../provers.ts";
import { Cluster, type ClusterNode } from "./cluster.ts";
import { request } from "./http-client.ts";
import { kith } from "./kith.ts";
import { ledger, ledgerCode, ledgerInterface } from "./ledger.ts";
import {
  creation,
  draft,
  draftOn,
  person,
  personWith,
  proved,
  pushBytes,
  referenceOf,
  sendDone,
  type Person,
} from "./transactions.ts";

let cluster: Cluster;
const alice = person("alice", 1);
const author = person("ledger", 2);
const locked = person("locked", 3);
const poor = person("poor", 4);

beforeAll(async () => {
  cluster = await Cluster.start(3);
  const [node] = nodes();
  for (const each of [alice, author, locked, poor]) {
    await sendDone(node, [creation(each)], each.prover);
  }
  const code = await ledgerCode(cluster.folder);
  const install = packAction(ledger, setcodeInterface, "setCode", { vm: javaScript, code });
  await sendDone(node, [install], author.prover);
  await sendDone(node, [enter(alice, { from: 1, count: 5, book: "kept" })], alice.prover);
  const lock = packAction(locked.name, accountsInterface, "lock", { name: locked.name });
  await sendDone(node, [lock], locked.prover);
  await cluster.settled();
});
after(() => cluster.close());

function nodes(): readonly [ClusterNode, ClusterNode, ClusterNode] {
  const [first, second, third] = cluster.nodes;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  return [first, second, third];
}

function enter(who: Person, args: { from: number; count: number; book: string }): Action {
  return packAction(who.name, ledgerInterface, "enter", args);
}

/** What services have stored and told, as every node has it: the fingerprints of rows and of events. */
async function contentOf(node: ClusterNode): Promise<unknown> {
  const [sql, events, head, code] = await Promise.all(
    [
      request(node, ledger, "/sql"),
      request(node, "", `/common/events?service=${ledger}`),
      request(node, "", "/common/head"),
      request(node, "setcode", `/code?account=${ledger}`),
    ].map(async (answer) => (await answer).json() as Promise<Record<string, unknown>>),
  );
  return { sql, events: events?.["events"], eventRoot: head?.["eventRoot"], code };
}

async function contents(): Promise<unknown> {
  await cluster.settled();
  const all = await Promise.all(cluster.nodes.map(contentOf));
  for (const each of all) assert.deepEqual(each, all[0]);
  return all[0];
}

async function heads(): Promise<unknown> {
  await cluster.settled();
  const all = await Promise.all(cluster.nodes.map((node) => node.status()));
  return all.map(({ executed, head }) => [executed, head]);
}

type Refused = {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly status: number;
  readonly code: string;
  readonly facts?: Readonly<Record<string, unknown>>;
};

const good = (): Action => enter(alice, { from: 50_000, count: 1, book: "never" });

async function signedBy(prover: Prover, ...actions: readonly Action[]): Promise<Uint8Array> {
  return proved(await draft(nodes()[0], actions, [prover]), [prover]);
}

/** Claims that nobody would make, each with a proof that would not help, beside the one that is needed. */
async function claiming(...claims: readonly Claim[]): Promise<Uint8Array> {
  const others = claims.map((claim) => ({ claim, prove: () => new Uint8Array(64) }));
  const provers = [alice.prover, ...others];
  return proved(await draft(nodes()[0], [good()], provers), provers);
}

/** A claim that a service of this name would have to find proved. */
function custom(service: string): Claim {
  return { service: accountNameConstant(service), rawData: sha256(packText("claim")) };
}

async function timed(expiration: number): Promise<Uint8Array> {
  const reference = await referenceOf(nodes()[0]);
  return proved(draftOn({ reference, expiration }, [good()], [alice.prover]), [alice.prover]);
}

async function refusedOnes(): Promise<readonly Refused[]> {
  const [node] = nodes();
  const now = Math.floor(Date.now() / 1000);
  const right = await draft(node, [good()], [alice.prover]);
  const proof = alice.prover.prove(right.message);
  const whole = finishSigning(right, [proof]).bytes;
  const { refBlockId } = await referenceOf(node);
  const nowhere = draftOn(
    { reference: { refBlockIndex: 0x7e, refBlockId } },
    [good()],
    [alice.prover],
  );
  const keyService = alice.prover.claim.service;
  return [
    {
      what: "more bytes than any transaction",
      bytes: new Uint8Array(transactionBytesMax + 1),
      status: 413,
      code: "body-too-large",
    },
    {
      what: "bytes that are none",
      bytes: packText("not a transaction at all"),
      status: 400,
      code: "transaction-malformed",
    },
    {
      what: "half a transaction",
      bytes: whole.subarray(0, whole.length / 2),
      status: 400,
      code: "transaction-malformed",
    },
    {
      what: "no action",
      bytes: await signedBy(alice.prover),
      status: 400,
      code: "transaction-without-actions",
    },
    {
      what: "a proof too few",
      bytes: finishSigning(right, []).bytes,
      status: 400,
      code: "proofs-do-not-match-claims",
    },
    {
      what: "a spoilt proof",
      bytes: finishSigning(right, [proof.with(9, (proof[9] ?? 0) ^ 1)]).bytes,
      status: 403,
      code: "proof-invalid",
    },
    {
      what: "the proof of another transaction",
      bytes: finishSigning(right, [
        alice.prover.prove((await draft(node, [good()], [alice.prover])).message),
      ]).bytes,
      status: 403,
      code: "proof-invalid",
    },
    {
      what: "a key that is none",
      bytes: await claiming({ service: keyService, rawData: packText("no key") }),
      status: 400,
      code: "claim-malformed",
      facts: { claim: 1 },
    },
    {
      what: "a verify service that does not exist",
      bytes: await claiming(custom("nobody-vfy")),
      status: 400,
      code: "verify-service-unknown",
      facts: { service: "nobody-vfy" },
    },
    {
      what: "a service that verifies nothing",
      bytes: await claiming(custom("ledger")),
      status: 403,
      code: "proof-refused",
      facts: { claim: 1, reason: "method-unknown" },
    },
    {
      what: "too many claims for services",
      bytes: await claiming(...Array.from({ length: 5 }, () => custom("ledger"))),
      status: 400,
      code: "too-many-custom-claims",
    },
    { what: "expired", bytes: await timed(now - 60), status: 400, code: "expired" },
    {
      what: "expiring too far",
      bytes: await timed(now + expirationSecondsMax + 600),
      status: 400,
      code: "expiration-too-far",
    },
    {
      what: "an unknown reference block",
      bytes: proved(nowhere, [alice.prover]),
      status: 400,
      code: "reference-block-unknown",
      facts: { refBlockIndex: 0x7e },
    },
    {
      what: "somebody else's account",
      bytes: await signedBy(poor.prover, good()),
      status: 403,
      code: "not-authorized",
      facts: { actionIndex: 0, reason: "wrong-key" },
    },
    {
      what: "an account that does not exist",
      bytes: await signedBy(
        alice.prover,
        enter(person("nobody", 9), { from: 1, count: 1, book: "b" }),
      ),
      status: 403,
      code: "not-authorized",
      facts: { actionIndex: 0, reason: "account-unknown" },
    },
    {
      what: "a locked account",
      bytes: await signedBy(locked.prover, enter(locked, { from: 1, count: 1, book: "b" })),
      status: 403,
      code: "not-authorized",
      facts: { actionIndex: 0, reason: "account-locked" },
    },
  ];
}

test("what is refused at the door has a code of its own, and makes no block on any node", async () => {
  const before = await heads();
  for (const [at, { what, bytes, status, code, facts = {} }] of (await refusedOnes()).entries()) {
    const node = cluster.nodes[at % cluster.nodes.length];
    assert.ok(node !== undefined);
    const answer = await pushBytes(node, bytes);
    const told = `${what}: ${JSON.stringify(answer)}`;
    assert.deepEqual([answer.status, answer.body["code"]], [status, code], told);
    for (const [name, fact] of Object.entries(facts)) assert.equal(answer.body[name], fact, told);
    assert.ok(String(answer.body["message"]).length > 5, told);
    const prepared = prepareTransaction(bytes);
    if (!prepared.ok) continue;
    const receipt = await request(node, "transact", `/transactions/${prepared.value.id}`);
    assert.equal(receipt.status, 404, what);
  }
  assert.deepEqual(await heads(), before);
});

/** An action of the ledger as no client of it would make it. */
function crooked(method: string, rawData: Uint8Array, service = ledger): Action {
  return { sender: alice.name, service, method: methodNameConstant(method), rawData };
}

test("what fails in a block tells everybody why, and changes no row and no event", async () => {
  const right = ledgerInterface.actions.enter.args.pack({ from: 60_000, count: 1, book: "no" });
  const noArguments = Uint8Array.of(0, 0);
  const nowhere = accountNameConstant("nowhere");
  const cases: readonly (readonly [string, Action, string])[] = [
    ["no arguments", crooked("enter", noArguments), "arguments-malformed"],
    ["half of the arguments", crooked("enter", right.subarray(0, 9)), "arguments-malformed"],
    ["bytes behind them", crooked("enter", new Uint8Array([...right, 7])), "arguments-malformed"],
    ["another action's", crooked("close", right), "arguments-malformed"],
    ["no bytes at all", crooked("burn", new Uint8Array()), "arguments-malformed"],
    ["an unknown method", crooked("plunder", right), "method-unknown"],
    ["an unknown service", crooked("enter", right, nowhere), "service-unknown"],
    ["an entry that exists", enter(alice, { from: 0, count: 4, book: "more" }), "id-taken"],
    [
      "no such book",
      packAction(alice.name, ledgerInterface, "close", { book: "x" }),
      "book-unknown",
    ],
    [
      "a change of mind after 20 rows",
      packAction(alice.name, ledgerInterface, "enterAndRefuse", { book: "kept" }),
      "not-this-one",
    ],
    [
      "work without end",
      packAction(alice.name, ledgerInterface, "burn", { rounds: 4_000_000_000 }),
      "out-of-fuel",
    ],
  ];
  const before = await contents();
  for (const [at, [what, action, code]] of cases.entries()) {
    const node = cluster.nodes[at % cluster.nodes.length];
    assert.ok(node !== undefined);
    // Whatever stands before it in the transaction is undone with it.
    const first = enter(alice, { from: 70_000 + at, count: 1, book: "undone" });
    const bytes = await signedBy(alice.prover, first, action);
    const answer = await pushBytes(node, bytes);
    assert.deepEqual(
      [answer.status, answer.body["code"]],
      [422, code],
      `${what} ${JSON.stringify(answer)}`,
    );
    const { actionIndex } = answer.body["failure"] as { readonly actionIndex?: number };
    assert.equal(actionIndex, 1, what);
    await cluster.settled();
    for (const each of cluster.nodes) {
      const receipt = await request(
        each,
        "transact",
        `/transactions/${String(answer.body["transactionId"])}`,
      );
      assert.equal(receipt.status, 200, what);
      const { failure } = (await receipt.json()) as { readonly failure: unknown };
      assert.deepEqual(failure, answer.body["failure"], what);
    }
    // Sent again it is the same transaction, and has the same answer without another block.
    const headsBefore = await heads();
    const again = await pushBytes(node, bytes);
    assert.deepEqual([again.status, again.body["code"]], [422, code], what);
    assert.deepEqual(await heads(), headsBefore, what);
  }
  assert.deepEqual(await contents(), before);
});

test("a transaction that is sent again is done once, and everybody gets the first answer", async () => {
  const bytes = await signedBy(
    alice.prover,
    enter(alice, { from: 80_000, count: 3, book: "once" }),
  );
  const first = await pushBytes(nodes()[0], bytes);
  assert.equal(first.status, 200, JSON.stringify(first));
  const before = [await heads(), await contents()];
  for (const node of cluster.nodes) assert.deepEqual(await pushBytes(node, bytes), first);
  assert.deepEqual([await heads(), await contents()], before);
});

function setCode(vm: number, code: Uint8Array): Action {
  return packAction(ledger, setcodeInterface, "setCode", { vm, code });
}

function script(source: string): Action {
  return setCode(javaScript, packText(source));
}

function stage(data: Uint8Array): Action {
  return packAction(ledger, setcodeInterface, "stage", { data });
}

test("code that cannot be installed is refused with a code of its own, and what ran before runs on", async () => {
  const otherRows = await ledgerCode(cluster.folder, "str");
  const missing = {
    vm: javaScript,
    hash: sha256Hex(packText("a")),
    pieces: [sha256Hex(packText("b"))],
  };
  const truncated = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 200);
  const cases: readonly (readonly [string, Action, string])[] = [
    ["too long", setCode(javaScript, new Uint8Array(codeBytesMax + 1).fill(0x20)), "code-too-long"],
    ["a piece that is too long", stage(new Uint8Array(pieceBytesMax + 1)), "piece-too-long"],
    ["an empty piece", stage(new Uint8Array()), "piece-empty"],
    [
      "a piece that nobody staged",
      packAction(ledger, setcodeInterface, "setCodeStaged", missing),
      "piece-missing",
    ],
    ["no code", setCode(javaScript, new Uint8Array()), "code-empty"],
    ["for no machine", setCode(7, packText("x")), "vm-unknown"],
    ["no JavaScript", script("service( {"), "source-throws"],
    ["no service", script("1 + 1;"), "source-without-service"],
    ["not UTF-8", setCode(javaScript, Uint8Array.of(0x22, 0xff, 0x22)), "source-not-utf8"],
    ["throws at start", script("throw new RangeError('not today');"), "source-throws"],
    ["endless at start", script("for (;;);"), "source-trapped"],
    ["half a module", setCode(webAssembly, truncated), "wasm-unexpected-end"],
    ["rows would be misread", setCode(javaScript, otherRows), "schema-change-forbidden"],
  ];
  const before = await contents();
  for (const [at, [what, action, code]] of cases.entries()) {
    const node = cluster.nodes[at % cluster.nodes.length];
    assert.ok(node !== undefined);
    const answer = await pushBytes(node, await signedBy(author.prover, action));
    assert.deepEqual(
      [answer.status, answer.body["code"]],
      [422, code],
      `${what}: ${JSON.stringify(answer)}`,
    );
  }
  assert.deepEqual(await contents(), before);
});

const plenty = { fuel: 20_000_000_000, storedBytes: 10_000_000, carriedBytes: 10_000_000 };

test("an account that has nothing left is refused for that resource, and costs nothing any more", async () => {
  const [node] = nodes();
  const ownerKey = openSecretKey(join(node.folder, "owner.pem"));
  assert.ok(ownerKey.ok);
  const owner = personWith("owner", ownerKey.value);
  for (const resource of ["fuel", "storedBytes", "carriedBytes"] as const) {
    const allowance = { account: poor.name, ...plenty, [resource]: 0 };
    const set = packAction(owner.name, quotasInterface, "setAllowance", allowance);
    await sendDone(node, [set], owner.prover);
    const before = await heads();
    for (const each of cluster.nodes) {
      const bytes = await signedBy(poor.prover, enter(poor, { from: 1, count: 1, book: "b" }));
      const { status, body } = await pushBytes(each, bytes);
      assert.deepEqual(
        [status, body["code"], body["resource"], body["account"], body["allowance"]],
        [429, "over-quota", resource, poor.name, 0],
        JSON.stringify(body),
      );
    }
    assert.deepEqual(await heads(), before, resource);
  }
  const little = { account: poor.name, ...plenty, fuel: 1_000_000 };
  const set = packAction(owner.name, quotasInterface, "setAllowance", little);
  await sendDone(node, [set], owner.prover);
  const before = await contents();
  const burn = packAction(poor.name, ledgerInterface, "burn", { rounds: 1_000_000 });
  const ran = await pushBytes(node, await signedBy(poor.prover, burn));
  assert.deepEqual([ran.status, ran.body["code"]], [422, "over-quota"], JSON.stringify(ran));
  await cluster.settled();
  // What it used until then is used, on every node.
  for (const each of cluster.nodes) {
    const { status, body } = await pushBytes(each, await signedBy(poor.prover, burn));
    assert.deepEqual([status, body["code"], body["resource"]], [429, "over-quota", "fuel"]);
    assert.ok(Number(body["used"]) >= 1_000_000, JSON.stringify(body));
  }
  assert.deepEqual(await contents(), before);
  assert.equal(
    (
      await pushBytes(
        node,
        await signedBy(alice.prover, enter(alice, { from: 90_000, count: 1, book: "rich" })),
      )
    ).status,
    200,
  );
});

test("files that are no packages are refused before anything is sent", async () => {
  const [node] = nodes();
  const folder = join(cluster.folder, "fine");
  mkdirSync(join(folder, "front-end"), { recursive: true });
  writeFileSync(join(folder, "kith.json"), JSON.stringify({ name: "fine", version: "1.0.0" }));
  writeFileSync(join(folder, "front-end", "index.html"), "<h1>fine</h1>".repeat(50));
  const fine = await packageApp(folder);
  assert.ok(fine.ok);
  const { bytes } = fine.value;
  const middle = Math.floor(bytes.length / 3);
  const named = Buffer.from(bytes).toString("latin1").replaceAll("meta.json", "beta.json");
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ["no zip", packText("this is no zip at all"), "zip-malformed"],
    ["half of one", bytes.subarray(0, bytes.length / 2), "zip-malformed"],
    ["nothing", new Uint8Array(), "zip-malformed"],
    ["damaged", bytes.with(middle, (bytes[middle] ?? 0) ^ 0xff), "entry-damaged"],
    ["without its description", Buffer.from(named, "latin1"), "entry-unexpected"],
  ];
  const headsBefore = await heads();
  for (const [what, content, code] of cases) {
    const path = join(cluster.folder, "wrong.psi");
    writeFileSync(path, content);
    const child = kith(cluster.folder, node, ["install", path, "--json"]);
    assert.equal(await child.ended(), 1, `${what}: ${child.output}`);
    const { error } = JSON.parse(child.output) as { readonly error: { readonly code: string } };
    assert.equal(error.code, code, `${what}: ${child.output}`);
  }
  assert.deepEqual(await heads(), headsBefore);
});
