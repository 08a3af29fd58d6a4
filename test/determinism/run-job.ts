import { callStackBytesMax } from "@kith/chain/limits";
import { sha256Hex } from "@kith/protocol/hashes";
import { CallSession } from "@kith/protocol/service-abi";
import { packText } from "@kith/protocol/texts";
import type { EngineInstance } from "@kith/sandbox/engine-instance";
import { openEngine } from "@kith/sandbox/engine-module";
import { makeImage, type Image } from "@kith/sandbox/image";
import { InstancePool } from "@kith/sandbox/instance-pool";
import { JavascriptService, startable } from "@kith/sandbox/javascript-service";

import { endOf } from "./end-of-call.ts";
import type { Job, JobReport, Outcome } from "./job.ts";
import { StageHost, type ModuleOf } from "./stage-host.ts";

const used = 0xaa;

/** Runs a program three times: nothing that was before, or where it runs, may show in how it ends. */
export function runJob(job: Job): JobReport {
  const first = startJob(job);
  if (first.image === undefined) {
    const outcomes = [first.refusal, startJob(job).refusal];
    return {
      name: job.name,
      outcomes: outcomes.filter((each) => each !== undefined),
      milliseconds: 0,
    };
  }
  if (job.once === true) {
    const { outcome, milliseconds } = callOnce(job, first.image, new WatchedPool());
    return { name: job.name, outcomes: [outcome], milliseconds };
  }
  const second = startJob(job).image ?? first.image;
  const runs = [
    callOnce(job, first.image, new WatchedPool()),
    callOnce(job, first.image, usedPool(first.image)),
    beneath(hostFrames, () => callOnce(job, second, new WatchedPool())),
  ];
  return {
    name: job.name,
    outcomes: runs.map(({ outcome }) => outcome),
    milliseconds: Math.min(...runs.map(({ milliseconds }) => milliseconds)),
  };
}

/** The host's stack has room for these and for all that a guest may take; a node's own calls are never as deep. */
const hostFrames = 1000;

function beneath<T>(frames: number, run: () => T): T {
  const [result] = frames === 0 ? [run()] : [beneath(frames - 1, run)];
  return result;
}

/** A pool that still knows which instance it gave: its memory is looked at afterwards, whatever became of it. */
class WatchedPool extends InstancePool {
  given: EngineInstance | undefined;

  constructor() {
    super(openEngine());
  }

  override take(image: Image): EngineInstance {
    const instance = super.take(image);
    this.given ??= instance;
    return instance;
  }
}

/** Its first instance has had something else in all of its memory. */
function usedPool(image: Image): WatchedPool {
  const pool = new WatchedPool();
  const instance = pool.take(image);
  instance.memory.bytes.fill(used);
  pool.giveBack(instance);
  pool.given = undefined;
  return pool;
}

type Started =
  | { readonly image: Image; readonly refusal?: undefined }
  | { readonly image?: undefined; readonly refusal: Outcome };

function startJob({ source }: Job): Started {
  const made = makeImage(openEngine(), packText(source));
  if (made.ok) return { image: made.value };
  const { error } = made;
  const text = "message" in error ? error.message : "";
  const nothing = { fuel: 0, stackBytes: 0, pages: 0, memory: "" };
  return { refusal: { code: error.code, text, startFuel: error.fuel, ...nothing } };
}

type Called = { readonly outcome: Outcome; readonly milliseconds: number };

function callOnce(job: Job, image: Image, pool: WatchedPool): Called {
  const meter = { fuel: job.fuel, stackBytes: callStackBytesMax };
  const session = new CallSession();
  const host = new StageHost(meter, session, othersOf(job, session));
  const service = new JavascriptService(startable(image), pool);
  const before = process.cpuUsage();
  const ended = endOf(service, host);
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1000;
  session.close();
  const bytes = pool.given?.memory.bytes ?? new Uint8Array();
  const { fuel: startFuel } = image;
  const left = { fuel: job.fuel - meter.fuel, stackBytes: meter.stackBytes };
  const memory = { pages: bytes.length / 65_536, memory: sha256Hex(bytes) };
  return { outcome: { ...ended, startFuel, ...left, ...memory }, milliseconds };
}

/** The other services share the meter and the session, as those of one transaction do. */
function othersOf({ others = {} }: Job, session: CallSession): ModuleOf {
  const pool = new InstancePool(openEngine());
  return (service) => {
    const source = others[service];
    if (source === undefined) return undefined;
    return session.hold(service, () => {
      const made = makeImage(openEngine(), packText(source));
      if (!made.ok) throw new Error(`${service} does not start: ${made.error.code}`);
      return new JavascriptService(startable(made.value), pool);
    });
  };
}
