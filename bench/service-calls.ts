import { bundleService } from "@kith/packaging/bundle-service";
import { object } from "@kith/protocol/fracpack";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { openEngine } from "@kith/sandbox/engine-module";
import { makeImage, type Image } from "@kith/sandbox/image";
import { InstancePool } from "@kith/sandbox/instance-pool";
import { JavascriptService, startable } from "@kith/sandbox/javascript-service";
import { packAction } from "@kith/sdk/transaction";
import { balanceFlags, tokens } from "@kith/tokens/service";

import { medianOf } from "./median.ts";
import { PlainHost } from "./plain-host.ts";

/** Medians, in microseconds. */
export type ServiceCalls = {
  readonly empty: CallCost;
  readonly transfer: CallCost;
  /** An instance for a block: its whole memory is written. */
  readonly restoreUs: number;
  /** From a source of so many bytes to the image that all instances start from. */
  readonly startUs: number;
  readonly sourceBytes: number;
  readonly imageBytes: number;
};

export type CallCost = { readonly us: number; readonly fuel: number };

const callsOfRound = 500;
const warmUpCalls = 3000;
const startRounds = 5;
const alice = accountNameConstant("alice");
const bob = accountNameConstant("bob");
const issuer = accountNameConstant("issuer");
const amount = 10n ** 12n;

/** Calls of services in one process, with maps for a node: what the machine and the service's own code cost. */
export async function measureServiceCalls(rounds: number): Promise<ServiceCalls> {
  const source = await sourceOf("apps/tokens/service/index.ts");
  const image = imageOf(source);
  const pool = new InstancePool(openEngine());
  return {
    empty: await measureEmpty(pool, rounds),
    transfer: measureTransfer(image, pool, rounds),
    restoreUs: measureRestore(image, pool, rounds),
    startUs: usOf(startRounds, () => {
      imageOf(source);
    }),
    sourceBytes: source.length,
    imageBytes: image.state.memory.length,
  };
}

async function sourceOf(entry: string): Promise<Uint8Array> {
  const source = await bundleService(`${import.meta.dirname}/../${entry}`);
  if (!source.ok) throw new Error(`${entry} cannot be bundled: ${source.error.code}`);
  return source.value;
}

function imageOf(source: Uint8Array): Image {
  const image = makeImage(openEngine(), source);
  if (!image.ok) throw new Error(image.error.code);
  return image.value;
}

async function measureEmpty(pool: InstancePool, rounds: number): Promise<CallCost> {
  const image = imageOf(await sourceOf("bench/empty-service.ts"));
  const host = new PlainHost(image.definition);
  const service = new JavascriptService(startable(image), pool);
  const method = methodNameConstant("empty");
  const args = object({}).pack({});
  return costOf(host, rounds, () => void service.action(method, args, host));
}

function measureTransfer(image: Image, pool: InstancePool, rounds: number): CallCost {
  const host = new PlainHost(image.definition);
  const service = new JavascriptService(startable(image), pool);
  const act = ({ sender, method, rawData }: ReturnType<typeof packAction>): void => {
    host.sender = sender;
    service.action(method, rawData, host);
    host.takeFuel();
  };
  const wish = { flag: balanceFlags.autoDebit, enabled: true };
  act(packAction(bob, tokens, "setAccountFlag", wish));
  act(packAction(alice, tokens, "setAccountFlag", wish));
  act(packAction(issuer, tokens, "create", { precision: 4, maxIssued: amount }));
  act(packAction(issuer, tokens, "mint", { tokenId: 1, amount, memo: "" }));
  for (const debitor of [alice, bob]) {
    const credit = { tokenId: 1, debitor, amount: amount / 4n, memo: "" };
    act(packAction(issuer, tokens, "credit", credit));
  }
  let count = 0;
  return costOf(host, rounds, () => {
    const memo = `payment ${count++ % 1000}`;
    const transfer = { tokenId: 1, debitor: bob, amount: 1n, memo };
    const { method, rawData } = packAction(alice, tokens, "credit", transfer);
    host.sender = alice;
    service.action(method, rawData, host);
  });
}

function measureRestore(image: Image, pool: InstancePool, rounds: number): number {
  return usOf(rounds * 100, () => pool.giveBack(pool.take(image)));
}

/** The fuel is that of a call in the middle of others. */
function costOf(host: PlainHost, rounds: number, call: () => void): CallCost {
  for (let i = 0; i < warmUpCalls; i++) {
    call();
    host.takeFuel();
  }
  const us = usOf(rounds * callsOfRound, () => {
    call();
    host.takeFuel();
  });
  call();
  return { us, fuel: host.takeFuel() };
}

function usOf(count: number, run: () => void): number {
  const times = Array.from({ length: count }, () => {
    const begin = performance.now();
    run();
    return performance.now() - begin;
  });
  return medianOf(times) * 1000;
}
