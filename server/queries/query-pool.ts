import type { Applied } from "@kith/chain/ports";
import { blockNumOf } from "@kith/protocol/ids";
import { err, ok } from "@kith/protocol/result";

import type { BlockFeed } from "./block-feed.ts";
import { FairQueue } from "./fair-queue.ts";
import type { FileWrites } from "./file-writes.ts";
import {
  attemptsMax,
  queuedMsMax,
  residentBytesKilled,
  restartMsMax,
  restartMsMin,
  slowMs,
  startMsMax,
  starvedTimesMax,
  tickLateMsMax,
  tickMs,
  ticksBetweenMemoryLooks,
} from "./limits.ts";
import type { ProcessUsage } from "./process-usage.ts";
import { QueryChild, type StartChild } from "./query-child.ts";
import type { ExecutorMetrics, Job, Query, QueryExecutor, QueryResult } from "./query-job.ts";
import type { QueryOutcome } from "./query-outcome.ts";
import { Suspects } from "./suspects.ts";

export type QueryPoolPorts = {
  /** How many processes there may be. */
  readonly processes: number;
  readonly queryMs: number;
  readonly start: StartChild;
  readonly feed: BlockFeed;
  readonly files: FileWrites;
  readonly applied: () => Applied | undefined;
  /** Memory above which a process is killed. */
  readonly residentBytesMax?: number;
  /** Of a process that runs; undefined where the system does not say. */
  readonly usageOf: (pid: number) => ProcessUsage | undefined;
  readonly onTrouble: (text: string) => void;
};

/**
 * Queries in processes of their own, which can be killed: a runtime's own threads cannot be stopped in the middle of a
 * loop. A process answers one after the other and has a few more waiting, so that it need not wait for the node.
 */
export class QueryPool implements QueryExecutor {
  private readonly ports: QueryPoolPorts;
  private readonly queue = new FairQueue<Job>();
  private readonly suspects = new Suspects();
  private readonly children = new Set<QueryChild>();
  private readonly counts = { answered: 0, timedOut: 0, refused: 0, restarts: 0 };
  private nextId = 1;
  private ticker: ReturnType<typeof setTimeout> | undefined;
  private tickedMs = 0;
  private ticks = 0;
  private wasLate = false;
  private isPrepared = false;
  /** Jobs that wait for the file; they are in no queue. */
  private waitingForFile = 0;
  /** Processes that ended before they answered anything, one after the other. */
  private failedStarts = 0;
  private startAgain: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(ports: QueryPoolPorts) {
    this.ports = ports;
    if (ports.applied() !== undefined) this.prepare();
  }

  /** There is a block. Without one in the file, a process would find nothing to warm up with. */
  prepare(): void {
    if (this.isPrepared) return;
    this.isPrepared = true;
    const start = (): void => {
      if (this.children.size === 0 && !this.closed) this.startChild();
    };
    // What is wrong with the disk is told elsewhere.
    this.ports.files.reach(this.ports.applied()?.num ?? 0).then(start, () => undefined);
  }

  run(query: Query): Promise<QueryResult> {
    if (this.closed) return Promise.resolve(err({ code: "query-queue-full" }));
    return new Promise((settle, fail) => {
      const { service, least } = query;
      const id = this.nextId;
      this.nextId = (this.nextId % 0xffff_ffff) + 1;
      const state = { least, fromFile: false, attempts: 0 };
      const queuedMs = performance.now();
      if (!this.queue.push({ id, query, service, queuedMs, settle, fail, ...state })) {
        this.counts.refused++;
        return settle(err({ code: "query-queue-full" }));
      }
      this.pump();
    });
  }

  metrics(): ExecutorMetrics {
    let running = 0;
    for (const child of this.children) running += child.jobCount;
    const waiting = this.queue.size + this.waitingForFile + running;
    return { processes: this.children.size, waiting, ...this.counts };
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.ticker);
    clearTimeout(this.startAgain);
    for (const child of this.children) child.kill();
    for (const job of this.queue.takeOlder(Number.POSITIVE_INFINITY)) this.refuse(job);
  }

  /** Gives waiting jobs to processes that have room for them. */
  private pump(): void {
    if (this.closed) return;
    const nowMs = performance.now();
    this.relieve(nowMs);
    while (this.queue.size > 0) {
      const child = this.leastBusy(nowMs);
      const job = child === undefined ? undefined : this.takeFor(child, nowMs);
      if (child === undefined || job === undefined) break;
      child.give(job, this.ports.applied()?.num ?? 0);
    }
    if (this.queue.size > 0 || this.isFull()) this.grow();
    this.watch();
  }

  /** As many clients as one process takes would otherwise wait for each other, however many cores are free. */
  private isFull(): boolean {
    return this.children.size > 0 && ![...this.children].some(({ hasRoom }) => hasRoom);
  }

  /** Nobody is put behind something slow or suspicious. */
  private leastBusy(nowMs: number): QueryChild | undefined {
    let least: QueryChild | undefined;
    for (const child of this.children) {
      if (!child.hasRoom || (least !== undefined && child.jobCount >= least.jobCount)) continue;
      if (!this.isStuck(child, nowMs)) least = child;
    }
    return least;
  }

  private isStuck(child: QueryChild, nowMs: number): boolean {
    const running = child.running();
    if (running === undefined) return false;
    return running.ranMs > slowMs || this.suspects.has(running.job.service, nowMs);
  }

  /** A suspicious service runs in one process at a time, with nobody else in it. */
  private takeFor(child: QueryChild, nowMs: number): Job | undefined {
    return this.queue.take((service) => {
      if (!this.suspects.has(service, nowMs)) return true;
      return child.jobCount === 0 && ![...this.children].some((other) => other.has(service));
    });
  }

  /** What stands behind something slow goes to a process that has nothing to do. */
  private relieve(nowMs: number): void {
    for (const child of this.children) {
      if (child.jobCount < 2 || !this.isStuck(child, nowMs)) continue;
      if (![...this.children].some((other) => other.hasRoom && other.jobCount === 0)) return;
      this.putBack(child.takeFollowers());
    }
  }

  private putBack(jobs: readonly Job[]): void {
    for (const job of jobs.toReversed()) this.queue.putBack(job);
  }

  /** More waits than the processes take: another one, if there may be. */
  private grow(): void {
    if (this.startAgain !== undefined || this.children.size >= this.ports.processes) return;
    if ([...this.children].some((child) => child.isStarting)) return;
    this.startChild();
  }

  private startChild(): void {
    const { start, feed } = this.ports;
    const child = new QueryChild({
      start,
      feed,
      events: {
        onReady: () => {
          this.failedStarts = 0;
          this.pump();
        },
        onAnswer: (answering, job, { outcome }, ranMs) => {
          this.queue.charge(job.service, ranMs);
          this.settle(answering, job, outcome);
          this.pump();
        },
        onEnd: (ended, jobs) => this.onCrash(ended, jobs),
      },
    });
    this.children.add(child);
    this.watch();
  }

  private settle(child: QueryChild, job: Job, outcome: QueryOutcome): void {
    if ("answered" in outcome) {
      this.counts.answered++;
      return job.settle(ok(outcome.answered));
    }
    if ("needsFile" in outcome) return this.waitForFile(job);
    // It may have lost track of the blocks; another one begins with what the file has.
    child.leave();
    job.fail(new Error(outcome.fault));
  }

  private waitForFile(job: Job): void {
    const num = blockNumOf(this.ports.applied()?.num ?? 0);
    this.waitingForFile++;
    const written = this.ports.files.reach(num).finally(() => this.waitingForFile--);
    const again = (): void => {
      if (this.closed) return this.refuse(job);
      job.fromFile = true;
      job.least = num;
      this.queue.putBack(job);
      this.pump();
    };
    written.then(again, (fault: unknown) =>
      job.fail(fault instanceof Error ? fault : new Error(String(fault))),
    );
  }

  /** It ended by itself, or somebody else ended it. */
  private onCrash(child: QueryChild, jobs: readonly Job[]): void {
    if (this.closed) return jobs.forEach((job) => this.refuse(job));
    const [running, ...followers] = jobs;
    this.putBack(followers);
    if (running !== undefined) {
      running.attempts++;
      if (running.attempts < attemptsMax) this.queue.putBack(running);
      else running.settle(err({ code: "query-crashed" }));
    }
    this.replace(child);
  }

  private onTimeout(child: QueryChild, ranMs: number): void {
    const [running, ...followers] = child.abandon();
    this.putBack(followers);
    if (running !== undefined) {
      this.counts.timedOut++;
      this.queue.charge(running.service, ranMs);
      this.suspects.add(running.service, performance.now());
      running.settle(err({ code: "query-timeout", timeoutMs: this.ports.queryMs }));
    }
    this.replace(child);
  }

  private replace(child: QueryChild): void {
    this.children.delete(child);
    if (this.closed) return;
    this.counts.restarts++;
    if (child.wasReady) this.startChild();
    else this.startLater();
    this.pump();
  }

  private startLater(): void {
    const pauseMs = Math.min(restartMsMax, restartMsMin * 2 ** this.failedStarts);
    this.failedStarts++;
    this.ports.onTrouble(`a query process did not start; the next try is in ${pauseMs} ms`);
    clearTimeout(this.startAgain);
    this.startAgain = setTimeout(() => {
      this.startAgain = undefined;
      this.startChild();
    }, pauseMs);
  }

  /** Looks at the clock for as long as anything waits for something. */
  private watch(): void {
    if (this.ticker !== undefined || this.closed || !this.isBusy()) return;
    this.tickedMs = performance.now();
    this.ticker = setTimeout(() => this.tick(), tickMs);
  }

  private isBusy(): boolean {
    if (this.queue.size > 0) return true;
    return [...this.children].some((child) => child.isStarting || child.jobCount > 0);
  }

  private tick(): void {
    this.ticker = undefined;
    const nowMs = performance.now();
    // When the node itself was held up, answers may lie in the pipes that nobody has looked at.
    const isLate = nowMs - this.tickedMs > tickMs + tickLateMsMax;
    if (!isLate || this.wasLate) this.checkChildren(nowMs);
    this.wasLate = isLate && !this.wasLate;
    for (const job of this.queue.takeOlder(nowMs - queuedMsMax)) this.refuse(job);
    this.pump();
  }

  private checkChildren(nowMs: number): void {
    const looksAtMemory = ++this.ticks % ticksBetweenMemoryLooks === 0;
    for (const child of this.children) {
      const ranMs = child.running()?.ranMs ?? 0;
      if (ranMs > slowMs && child.slowSinceCpuMs === undefined) {
        child.noteSlow(this.usageOf(child)?.cpuMs);
      }
      if (ranMs > this.ports.queryMs && !this.isStarved(child, ranMs)) this.onTimeout(child, ranMs);
      else if (child.isStarting && nowMs - child.startedMs > startMsMax) child.kill();
      else if (looksAtMemory && this.isTooLarge(child)) child.kill();
    }
  }

  /** On a machine that is too busy, killing what has hardly run would only make it busier. */
  private isStarved(child: QueryChild, ranMs: number): boolean {
    const { queryMs } = this.ports;
    const { slowSinceCpuMs } = child;
    const cpuMs = this.usageOf(child)?.cpuMs;
    if (slowSinceCpuMs === undefined || cpuMs === undefined) return false;
    return ranMs < queryMs * starvedTimesMax && cpuMs - slowSinceCpuMs < queryMs / 2;
  }

  private isTooLarge(child: QueryChild): boolean {
    const { residentBytesMax = residentBytesKilled } = this.ports;
    return (this.usageOf(child)?.residentBytes ?? 0) > residentBytesMax;
  }

  private usageOf({ pid }: QueryChild): ProcessUsage | undefined {
    return pid === undefined ? undefined : this.ports.usageOf(pid);
  }

  private refuse(job: Job): void {
    this.counts.refused++;
    job.settle(err({ code: "query-queue-full" }));
  }
}
