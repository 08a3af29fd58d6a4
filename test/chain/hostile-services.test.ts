import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { Receipt } from "@kith/protocol/receipt";
import { packText } from "@kith/protocol/texts";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { slowness } from "../determinism/calibration.ts";
import { actionName, guestProgram } from "../determinism/guest-program.ts";
import type { HostileProgram } from "../determinism/hostile-program.ts";
import { onChain } from "../determinism/hostile/on-chain.ts";
import { keyOf, TestNetwork } from "./network.ts";

const program = accountNameConstant("program");
const normal = accountNameConstant("normal");
const keys = { program: keyOf(7), normal: keyOf(8) };
const transactionMsMax = 100;
const triesMax = 8;

const calling = (service: typeof program): Action => ({
  sender: service,
  service,
  method: methodNameConstant(actionName),
  rawData: Uint8Array.of(0, 0),
});

function install(network: TestNetwork, name: keyof typeof keys, text: string): void {
  const service = accountNameConstant(name);
  const code = packText(guestProgram(text));
  const action = packAction(service, setcodeInterface, "setCode", { vm: javaScript, code });
  assert.equal(network.run([action], keys[name]).failure, undefined, name);
}

function withPeople(): TestNetwork {
  const network = new TestNetwork();
  for (const [name, key] of Object.entries(keys)) {
    const account = accountNameConstant(name);
    const create = { name: account, key: publicKeyOf(key) };
    const action = packAction(account, accountsInterface, "create", create);
    assert.equal(network.run([action], key).failure, undefined);
  }
  install(network, "normal", normalProgram);
  return network;
}

const normalProgram = `
  if ([].polluted !== undefined || Object.keys(Object.prototype).length > 0) throw new Error("polluted");
  for (const key of [1, 2, 3]) kith.ask(17, [8, 0, key, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 9], 0);
  if (JSON.parse("[7]").map((x) => x + 1)[0] !== 8) throw new Error("not its own");
  kith.last = () => { kith.words[0] = kith.words[1] = 0; };
`;

const pollution: HostileProgram = {
  name: "pollution",
  ends: ["out-of-fuel"],
  text: `
  for (const shared of [Object.prototype, Array.prototype, Function.prototype, globalThis]) shared.polluted = 1;
  JSON.parse = Array.prototype.map = Map.prototype.get = () => { throw new Error("mine"); };
  kith.call("normal");
  for (;;);
`,
};

type Timed = { readonly receipt: Receipt | undefined; readonly milliseconds: number };

/** The program in a block, and the normal service behind it in the same block. */
function runInBlock(network: TestNetwork): Timed & { readonly behind: Receipt | undefined } {
  const transactions = [
    network.transaction([calling(program)], keys.program),
    network.transaction([calling(normal)], keys.normal),
  ];
  const before = process.cpuUsage();
  const { receipts } = network.block(transactions);
  const { user, system } = process.cpuUsage(before);
  return { receipt: receipts[0], behind: receipts[1], milliseconds: (user + system) / 1000 };
}

/**
 * The quickest of a few blocks, when the first takes too long on a machine that does something else, too: how fast that one is changes from
 * block to block, so it is found out again.
 */
function quickest(network: TestNetwork, slow: number): ReturnType<typeof runInBlock> {
  let ran = runFor(network, slow);
  for (let tries = 1; tries < triesMax && ran.milliseconds > transactionMsMax; tries++) {
    const again = runFor(network, slowness());
    if (again.milliseconds < ran.milliseconds) ran = again;
  }
  return ran;
}

/** With the time that it would take on a machine as limits are for. */
function runFor(network: TestNetwork, slow: number): ReturnType<typeof runInBlock> {
  const ran = runInBlock(network);
  return { ...ran, milliseconds: ran.milliseconds / slow };
}

test("programs that ask the node as much as they can stop in time, and the next transaction of the block is as ever", () => {
  const slow = slowness();
  const network = withPeople();
  const alone = network.run([calling(normal)], keys.normal);
  assert.equal(alone.failure, undefined);
  for (const { name, text, ends } of [...onChain, pollution]) {
    install(network, "program", text);
    const { receipt, behind, milliseconds } = quickest(network, slow);
    assert.ok(
      ends.includes(receipt?.failure?.code ?? "done"),
      `${name}: ${receipt?.failure?.code}`,
    );
    assert.ok(milliseconds < transactionMsMax, `${name} after ${milliseconds} ms`);
    assert.deepEqual([behind?.failure, behind?.results], [undefined, alone.results], name);
  }
});
