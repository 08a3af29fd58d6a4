import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { dataFiles } from "@kith/node/data-folder";

import { Cluster, settleMs } from "./cluster.ts";
import { kithDone, makeKey } from "./kith.ts";
import { until } from "./until.ts";
import { checkAcknowledged, Writer } from "./writer.ts";

const writerCount = 4;
const lookMs = 2;

/** How long it lasts at most until the next transaction of anybody is acknowledged. */
class PauseMeter {
  #longestMs = 0;
  #lastMs = performance.now();
  #lastCount = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(writers: readonly Writer[]) {
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const count = writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
      this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
      if (count === this.#lastCount) return;
      this.#lastCount = count;
      this.#lastMs = nowMs;
    }, lookMs);
  }

  /** Since this was last asked. */
  takeMs(): number {
    const longestMs = this.#longestMs;
    this.#longestMs = 0;
    return Math.round(longestMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

async function moreOf(writers: readonly Writer[], count: number): Promise<void> {
  await Promise.all(
    writers.map((writer) => {
      const wanted = writer.acknowledged.length + count;
      const isReached = (): boolean => writer.acknowledged.length >= wanted;
      return until("transactions become final", settleMs, isReached);
    }),
  );
}

test("producers change from CFT to BFT and back while people write, and nothing acknowledged is lost", async (context) => {
  const cluster = await Cluster.start(4);
  try {
    await makeKey(cluster);
    const [first] = cluster.nodes;
    assert.ok(first !== undefined);
    const owner = join(first.folder, dataFiles.ownerKey);
    const writers = Array.from(
      { length: writerCount },
      (_, at) => new Writer(`s${at}x`, cluster.nodes),
    );
    for (const writer of writers) writer.start();
    await moreOf(writers, 5);
    const meter = new PauseMeter(writers);
    await moreOf(writers, 5);
    const pausesMs = [meter.takeMs()];
    for (const algorithm of ["bft", "cft", "bft", "cft"]) {
      const words = ["producers", "set", "--algorithm", algorithm, "--key", owner];
      await kithDone(cluster.folder, first, words);
      for (const node of cluster.nodes) {
        await until(`${node.name} works by ${algorithm}`, settleMs, async () => {
          const listed = await kithDone(cluster.folder, node, ["producers", "list"]);
          return listed.startsWith(`${algorithm}:`) && !listed.includes("under way");
        });
      }
      await moreOf(writers, 5);
      pausesMs.push(meter.takeMs());
    }
    meter.stop();
    await Promise.all(writers.map((writer) => writer.stop()));
    context.diagnostic(
      `longest pause before any change, and with each of the four: ${pausesMs.join(", ")} ms`,
    );
    assert.deepEqual(
      writers.flatMap(({ hung }) => hung),
      [],
    );
    await cluster.settled();
    for (const node of cluster.nodes) {
      for (const promised of writers.flatMap(({ acknowledged }) => acknowledged)) {
        await checkAcknowledged(node, promised);
      }
    }
  } finally {
    await cluster.close();
  }
});
