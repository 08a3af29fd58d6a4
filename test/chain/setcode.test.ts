import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { bundleService } from "@kith/packaging/bundle-service";
import { sha256Hex } from "@kith/protocol/hashes";
import type { HttpReply } from "@kith/protocol/http-message";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { packText, unpackText } from "@kith/protocol/texts";
import { accountsInterface } from "@kith/sdk/system/accounts";
import {
  codeBytesMax,
  javaScript,
  pieceBytesMax,
  setcodeInterface,
  webAssembly,
} from "@kith/sdk/system/setcode";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { askedHashesMax, stagedBytesMax, stagedMicrosMax } from "@kith/setcode/limits";

import { ask, jsonOf } from "./ask.ts";
import { guestSource } from "./guest-source.ts";
import { keyOf, owner, TestNetwork } from "./network.ts";

const alice = accountNameConstant("alice");
const bob = accountNameConstant("bob");
const aliceKey = keyOf(7);
const source = guestSource("one");
const hash = sha256Hex(source);
const setSource = { vm: javaScript, code: source };

test("code is installed on the account that sends it, and can be looked at", () => {
  const network = withPeople();
  run(network, packAction(alice, setcodeInterface, "setCode", setSource));
  assert.deepEqual(json(get(network, "/code?account=alice")), {
    codeHash: hash,
    vm: 0,
    sizeBytes: source.length,
  });
  const content = get(network, `/contents/${hash}`);
  assert.equal(unpackText(content.body), unpackText(source));
  assert.equal(content.contentType, "text/plain; charset=utf-8");
  assert.equal(get(network, "/code?account=bob").status, 404);
});

test("the same code on two accounts is stored once and goes with the last of them", () => {
  const network = withPeople();
  for (const name of [alice, bob]) {
    run(network, packAction(name, setcodeInterface, "setCode", setSource));
  }
  const other = { vm: javaScript, code: guestSource("other") };
  run(network, packAction(alice, setcodeInterface, "setCode", other));
  assert.deepEqual(known(network, [hash]), [hash]);
  run(network, packAction(bob, setcodeInterface, "setCode", other));
  assert.deepEqual(known(network, [hash]), []);
  assert.equal(get(network, `/contents/${hash}`).status, 404);
});

test("code that is removed no longer runs, and is kept for what it has stored until other code takes over", async () => {
  const network = withPeople();
  const install = async (type: string) => {
    const code = await bundled(type);
    return packAction(alice, setcodeInterface, "setCode", { vm: javaScript, code });
  };
  const numbers = await install("u32");
  run(network, numbers, call("put"));
  run(network, packAction(alice, setcodeInterface, "removeCode", {}));
  assert.equal(get(network, "/code?account=alice").status, 404);
  assert.equal(codeOf(network, call("put")), "service-unknown");
  assert.equal(
    codeOf(network, packAction(alice, setcodeInterface, "removeCode", {})),
    "code-unknown",
  );
  // What would misread the rows is refused as if nothing had been removed.
  assert.equal(codeOf(network, await install("str")), "schema-change-forbidden");
  assert.equal(get(network, "/code?account=alice").status, 404);
  run(network, numbers, call("put"));
  assert.equal(get(network, "/code?account=alice").status, 200);
});

test("new code takes the place of the old, and the same code again changes nothing", () => {
  const network = withPeople();
  const next = guestSource("two");
  for (const code of [source, source, next]) {
    run(network, packAction(alice, setcodeInterface, "setCode", { vm: javaScript, code }));
  }
  assert.deepEqual(known(network, [hash, sha256Hex(next)]), [sha256Hex(next)]);
  run(network, packAction(alice, setcodeInterface, "removeCode", {}));
  run(network, packAction(alice, setcodeInterface, "setCode", setSource));
  assert.deepEqual(known(network, [hash, sha256Hex(next)]), [hash]);
});

test("code that is longer than an action comes in pieces and takes effect at once", () => {
  const network = withPeople();
  const code = guestSource("long", codeBytesMax);
  const parts = [code.subarray(0, pieceBytesMax), code.subarray(pieceBytesMax)];
  for (const data of parts) run(network, packAction(alice, setcodeInterface, "stage", { data }));
  assert.deepEqual(staged(network, alice), parts.map((part) => sha256Hex(part)).toSorted());
  assert.equal(get(network, "/code?account=alice").status, 404);
  run(network, setStaged(alice, code, parts));
  assert.equal(json(get(network, "/code?account=alice"))["codeHash"], sha256Hex(code));
  assert.deepEqual(staged(network, alice), []);
  // What is known to the network needs no pieces.
  run(network, setStaged(bob, code, []));
  assert.equal(json(get(network, "/code?account=bob"))["codeHash"], sha256Hex(code));
});

test("pieces that are missing, of somebody else or of another code install nothing", () => {
  const network = withPeople();
  const parts = [source.subarray(0, 20), source.subarray(20)];
  const whole = source;
  for (const data of parts) run(network, packAction(bob, setcodeInterface, "stage", { data }));
  assert.equal(codeOf(network, setStaged(alice, whole, parts)), "piece-missing");
  assert.equal(codeOf(network, setStaged(alice, whole, [])), "code-unknown");
  assert.equal(codeOf(network, setStaged(bob, whole, parts.toReversed())), "hash-wrong");
  assert.equal(staged(network, bob).length, 2);
  run(network, setStaged(bob, whole, parts));
});

test("what is staged can be taken back, and is dropped after a day by whoever stages next", () => {
  const network = withPeople();
  const stage = (name: AccountName, text: string) =>
    run(network, packAction(name, setcodeInterface, "stage", { data: packText(text) }));
  stage(alice, "a");
  run(network, packAction(alice, setcodeInterface, "unstage", {}));
  assert.deepEqual(staged(network, alice), []);
  stage(alice, "b");
  network.time += stagedMicrosMax / 1_000_000 - 10;
  stage(bob, "c");
  assert.equal(staged(network, alice).length, 1);
  network.time += 20;
  stage(bob, "d");
  assert.equal(staged(network, alice).length, 0);
  assert.equal(staged(network, bob).length, 2);
});

test("a piece that is staged twice counts once", () => {
  const network = withPeople();
  const action = packAction(alice, setcodeInterface, "stage", { data: packText("same") });
  run(network, action, action);
  assert.equal(staged(network, alice).length, 1);
});

test("an account stages no more than its limit", () => {
  const network = withPeople();
  const count = stagedBytesMax / pieceBytesMax;
  for (let at = 0; at < count; at++) {
    const data = new Uint8Array(pieceBytesMax).fill(at);
    run(network, packAction(alice, setcodeInterface, "stage", { data }));
  }
  const more = packAction(alice, setcodeInterface, "stage", { data: packText("x") });
  assert.equal(codeOf(network, more), "too-much-staged");
});

test("code that no machine runs, that is empty or too long is refused with a code of its own", () => {
  const network = withPeople();
  const long = packAction(alice, setcodeInterface, "stage", {
    data: new Uint8Array(pieceBytesMax + 1),
  });
  assert.equal(codeOf(network, long), "piece-too-long");
  const empty = packAction(alice, setcodeInterface, "stage", { data: new Uint8Array() });
  assert.equal(codeOf(network, empty), "piece-empty");
  const attempts = [
    [{ vm: 2, code: source }, "vm-unknown"],
    [{ vm: webAssembly, code: new Uint8Array() }, "code-empty"],
    [{ vm: javaScript, code: new Uint8Array(codeBytesMax + 1) }, "code-too-long"],
  ] as const;
  for (const [code, expected] of attempts) {
    assert.equal(codeOf(network, packAction(alice, setcodeInterface, "setCode", code)), expected);
  }
  assert.equal(
    codeOf(network, packAction(alice, setcodeInterface, "removeCode", {})),
    "code-unknown",
  );
});

test("code that no machine can start is refused in the machine's words, and nothing of it is kept", () => {
  const network = withPeople();
  const code = packText("throw new TypeError('not today');");
  const { failure } = network.run(
    [packAction(alice, setcodeInterface, "setCode", { vm: javaScript, code })],
    aliceKey,
  );
  assert.equal(failure?.code, "source-throws");
  assert.match(failure.message, /not today/);
  assert.deepEqual(known(network, [sha256Hex(code)]), []);
  assert.equal(get(network, "/code?account=alice").status, 404);
});

test("questions that are none get an error with a code", () => {
  const network = withPeople();
  const cases = [
    ["/code?account=Not-A-Name", 400, "account-name-invalid"],
    ["/staged", 400, "account-name-invalid"],
    ["/known?hashes=xyz", 400, "hash-malformed"],
    [
      `/known?hashes=${Array(askedHashesMax + 1)
        .fill(hash)
        .join(",")}`,
      413,
      "too-many-hashes",
    ],
    ["/contents/xyz", 400, "hash-malformed"],
  ] as const;
  for (const [path, status, code] of cases) {
    const reply = get(network, path);
    assert.deepEqual([reply.status, json(reply)["code"]], [status, code], path);
  }
});

function withPeople(): TestNetwork {
  const network = new TestNetwork();
  const key = publicKeyOf(aliceKey);
  network.run(
    [alice, bob].map((name) => packAction(owner, accountsInterface, "create", { name, key })),
  );
  return network;
}

/** The source of a service with one table, whose values have this type. */
async function bundled(type: string): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "kith-setcode-"));
  after(() => rmSync(folder, { recursive: true }));
  const entry = join(folder, "index.ts");
  writeFileSync(
    entry,
    `import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { str, u32 } from "@kith/sdk/types";
const values = table("values", { id: u32, value: ${type} }, { key: ["id"] });
const put = action({}, nothing, (context) => {
  context.table(values).put({ id: 1, value: ${type === "u32" ? 5 : '"five"'} });
});
export const alice = service("alice", { tables: [values], actions: { put } });`,
  );
  const code = await bundleService(entry);
  assert.ok(code.ok);
  return code.value;
}

function call(method: string): Sent {
  const noArguments = Uint8Array.of(0, 0);
  return {
    sender: alice,
    service: alice,
    method: methodNameConstant(method),
    rawData: noArguments,
  };
}

type Sent = ReturnType<typeof packAction>;

function setStaged(name: AccountName, code: Uint8Array, parts: readonly Uint8Array[]): Sent {
  const args = {
    vm: javaScript,
    hash: sha256Hex(code),
    pieces: parts.map((part) => sha256Hex(part)),
  };
  return packAction(name, setcodeInterface, "setCodeStaged", args);
}

function run(network: TestNetwork, ...actions: readonly Sent[]): void {
  const receipt = network.run(actions, aliceKey);
  assert.equal(receipt.failure, undefined, JSON.stringify(receipt));
}

function codeOf(network: TestNetwork, action: Sent): string | undefined {
  return network.run([action], aliceKey).failure?.code;
}

function get(network: TestNetwork, target: string): HttpReply {
  const reply = ask(network, accountNameConstant("setcode"), target);
  assert.ok(reply !== undefined);
  return reply;
}

function json(reply: HttpReply): Record<string, unknown> {
  return jsonOf(reply) as Record<string, unknown>;
}

function known(network: TestNetwork, hashes: readonly Checksum[]): unknown {
  return json(get(network, `/known?hashes=${hashes.join(",")}`))["known"];
}

function staged(network: TestNetwork, name: AccountName): readonly string[] {
  const { pieces } = json(get(network, `/staged?account=${name}`)) as {
    readonly pieces: readonly { readonly hash: string }[];
  };
  return pieces.map((piece) => piece.hash);
}
