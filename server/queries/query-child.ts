import type { AccountName } from "@kith/protocol/ids";

import type { BlockFeed } from "./block-feed.ts";
import { frameOf } from "./frames.ts";
import { residentBytesMax, windowMax } from "./limits.ts";
import { fromProcessCodec, toProcessCodec, type AnswerMessage } from "./messages.ts";
import type { Job } from "./query-job.ts";

/** A process as the pool holds it; `spawn-child.ts` makes real ones. */
export type ChildPort = {
  readonly pid: number | undefined;
  /** Frames, one behind the other. */
  send(frames: Uint8Array): void;
  /** Ends it at once, whatever it is doing. `onEnd` follows. */
  kill(): void;
};

export type ChildEvents = {
  readonly onMessage: (message: Uint8Array) => void;
  /** Once; nothing comes after it. */
  readonly onEnd: () => void;
};

export type StartChild = (events: ChildEvents) => ChildPort;

export type QueryChildEvents = {
  readonly onReady: (child: QueryChild) => void;
  /** `ranMs` is for how long it stood in front. */
  readonly onAnswer: (child: QueryChild, job: Job, answer: AnswerMessage, ranMs: number) => void;
  /** With the jobs that it had, the one that was running first. */
  readonly onEnd: (child: QueryChild, jobs: readonly Job[]) => void;
};

/** One query process, and the jobs that it has, in the order in which it answers them. */
export class QueryChild {
  readonly startedMs: number;
  private readonly feed: BlockFeed;
  private readonly events: QueryChildEvents;
  private readonly port: ChildPort;
  private jobs: Job[] = [];
  /** Jobs that others took over; what this process says about them is too late. */
  private readonly leftIds = new Set<number>();
  private headSinceMs = 0;
  /** The CPU time that the process had used when the job that runs was found to be slow. */
  private slowCpuMs: number | undefined;
  /** The height up to which blocks were sent. */
  private sentNum = 0;
  private becameReady = false;
  private state: "starting" | "ready" | "leaving" | "ended" = "starting";

  constructor(parts: {
    readonly start: StartChild;
    readonly feed: BlockFeed;
    readonly events: QueryChildEvents;
  }) {
    this.feed = parts.feed;
    this.events = parts.events;
    this.startedMs = performance.now();
    this.port = parts.start({
      onMessage: (message) => this.receive(message),
      onEnd: () => this.end(),
    });
  }

  /** False for one that never got so far as to answer. */
  get wasReady(): boolean {
    return this.becameReady;
  }

  get isStarting(): boolean {
    return this.state === "starting";
  }

  get pid(): number | undefined {
    return this.port.pid;
  }

  get jobCount(): number {
    return this.jobs.length;
  }

  get hasRoom(): boolean {
    return this.state === "ready" && this.jobs.length < windowMax;
  }

  /** The job that runs now, and for how long it has. */
  running(): { readonly job: Job; readonly ranMs: number } | undefined {
    const [job] = this.jobs;
    return job === undefined ? undefined : { job, ranMs: performance.now() - this.headSinceMs };
  }

  get slowSinceCpuMs(): number | undefined {
    return this.slowCpuMs;
  }

  noteSlow(cpuMs: number | undefined): void {
    this.slowCpuMs = cpuMs;
  }

  has(service: AccountName): boolean {
    return this.jobs.some((job) => job.service === service);
  }

  /** `newestNum` is what the feed brings the process up to. */
  give(job: Job, newestNum: number): void {
    const { id, service, least, fromFile, query } = job;
    const { wantsReads, user, isLogin = false, request } = query;
    const of = user === undefined ? {} : { user };
    if (!fromFile) {
      for (const frame of this.feed.framesSince(this.sentNum)) this.port.send(frame);
      this.sentNum = Math.max(this.sentNum, newestNum);
    }
    if (this.jobs.length === 0) this.headSinceMs = performance.now();
    this.jobs.push(job);
    const asked = { id, service, least, fromFile, wantsReads, ...of, isLogin, request };
    this.port.send(frameOf(toProcessCodec.pack({ query: asked })));
  }

  /** Takes away what stands behind the job that runs. */
  takeFollowers(): readonly Job[] {
    const followers = this.jobs.splice(1);
    for (const { id } of followers) this.leftIds.add(id);
    return followers;
  }

  kill(): void {
    this.port.kill();
  }

  /** Kills it, and gives back the jobs that it had at once. `onEnd` does not follow. */
  abandon(): readonly Job[] {
    const { jobs } = this;
    this.jobs = [];
    this.state = "ended";
    this.port.kill();
    return jobs;
  }

  /** Gets nothing more, and ends when it has answered. */
  leave(): void {
    if (this.state === "ended") return;
    this.state = "leaving";
    if (this.jobs.length === 0) this.port.kill();
  }

  private receive(bytes: Uint8Array): void {
    if (this.state === "ended") return;
    const message = fromProcessCodec.unpack(bytes);
    if (!message.ok) return this.port.kill();
    if ("ready" in message.value) {
      this.becameReady = true;
      if (this.state === "starting") this.state = "ready";
      this.events.onReady(this);
      return;
    }
    const { answer } = message.value;
    if (this.leftIds.delete(answer.id)) return;
    const job = this.jobs[0];
    if (job?.id !== answer.id) return this.port.kill();
    const ranMs = performance.now() - this.headSinceMs;
    this.jobs.shift();
    this.headSinceMs = performance.now();
    this.slowCpuMs = undefined;
    if ((answer.residentBytes ?? 0) > residentBytesMax) this.state = "leaving";
    if (this.state === "leaving" && this.jobs.length === 0) this.port.kill();
    this.events.onAnswer(this, job, answer, ranMs);
  }

  private end(): void {
    if (this.state === "ended") return;
    this.state = "ended";
    const jobs = this.jobs;
    this.jobs = [];
    this.events.onEnd(this, jobs);
  }
}
