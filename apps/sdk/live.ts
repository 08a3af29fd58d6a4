import { err, ok, type Result } from "@kith/protocol/result";

import { EventParser, type ServerSentEvent } from "./live/event-parser.ts";
import type { Interest } from "./live/interests.ts";

/**
 * What a subscription needs of the runtime that it is in. In browsers, Bun and Deno alike:
 *
 *     {
 *       fetch: (url, init) => fetch(url, init),
 *       after: (ms, run) => {
 *         const timer = setTimeout(run, ms);
 *         return () => clearTimeout(timer);
 *       },
 *       random: () => Math.random(),
 *     }
 */
export type LivePort<Signal> = {
  readonly fetch: (
    url: string,
    init: { readonly headers: Record<string, string>; readonly signal: Signal },
  ) => Promise<StreamAnswer>;
  /** Runs something later; returns the function that calls it off. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** From 0 on, below 1. */
  readonly random: () => number;
  /**
   * Listens for the network being back, where the runtime knows: what waits for its next attempt then does not wait any longer.
   * Returns the function that ends it.
   */
  readonly onReach?: (run: () => void) => () => void;
};

/** As much of a `Response` as is looked at. */
export type StreamAnswer = {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { getReader(): StreamReader } | null;
  text(): Promise<string>;
};

export type StreamReader = {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<unknown>;
};

/** As much of an `AbortSignal` as is looked at. */
export type Aborting = {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
};

export type Subscription<Signal extends Aborting> = {
  readonly interests: readonly Interest[];
  readonly port: LivePort<Signal>;
  /** Ends the subscription. */
  readonly signal: Signal;
  /** Goes on behind this position (`onPosition`), instead of at the newest block. */
  readonly since?: string;
  /** Everything behind this block will be told: the moment to read what was before. */
  readonly onReady?: (block: number) => void | Promise<void>;
  /** Something was missed that the node cannot tell any more: read everything anew. */
  readonly onReset?: (block: number) => void | Promise<void>;
  /** Told of each break, before it is mended. */
  readonly onBreak?: (reason: BreakReason) => void;
  /** How far the subscription is, for `since` of a later one. */
  readonly onPosition?: (position: string) => void;
  /** Milliseconds before the attempt of this number (from 1) after a break; `retryMs` is what the node asks for. */
  readonly delayMs?: (attempt: number, retryMs: number) => number;
};

export type BreakReason =
  | { readonly code: "unreachable"; readonly message: string }
  | { readonly code: "refused-for-now"; readonly status: number }
  /** The node has ended the stream: it stops, or the service has changed. */
  | { readonly code: "ended" }
  /** Nothing came for so long that nobody can be there. */
  | { readonly code: "silent" }
  | { readonly code: "answer-malformed" };

/** Why a subscription cannot be. `reason` is the node's code. */
export type LiveError = {
  readonly code: "refused";
  readonly status: number;
  readonly reason: string;
  readonly message: string;
};

/** A node breaks its silence every 15 seconds. */
const silenceMsMax = 45_000;
const retryMsByDefault = 1000;
const delayMsMax = 30_000;
/** All pages of a network that was gone hear of it at the same moment. */
const wakeMsMax = 500;

/**
 * Hears of what a service's blocks change, until the signal ends it. `url` is the service's address, such as
 * `http://chat.kith.localhost:8080`. Breaks are mended: what was missed is told then, events once and rows in their
 * newest state. Resolves when it is ended, or refused for good; rejects with what a callback throws.
 */
export async function subscribe<Signal extends Aborting>(
  url: string,
  subscription: Subscription<Signal>,
): Promise<Result<undefined, LiveError>> {
  const { port, signal, onBreak } = subscription;
  const state: State = {
    position: subscription.since,
    retryMs: retryMsByDefault,
    attempt: 0,
    wake: undefined,
  };
  const delayMs = subscription.delayMs ?? jittered(port.random);
  const stopReach = port.onReach?.(() => {
    // An attempt that was under way before may still fail.
    state.attempt = 0;
    state.wake?.();
  });
  try {
    for (;;) {
      const outcome = await listen(url, subscription, state);
      if (signal.aborted) return ok(undefined);
      if (outcome.code === "refused") return err(outcome);
      onBreak?.(outcome);
      await pause(delayMs(++state.attempt, state.retryMs), subscription, state);
      if (signal.aborted) return ok(undefined);
    }
  } finally {
    stopReach?.();
  }
}

/** Waits, unless the subscription ends before, or the network is back. */
async function pause<Signal extends Aborting>(
  ms: number,
  { port, signal }: Subscription<Signal>,
  state: State,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const callOff = port.after(ms, resolve);
  let callOffWaking: (() => void) | undefined;
  state.wake = () => {
    callOffWaking ??= port.after(port.random() * wakeMsMax, resolve);
  };
  signal.addEventListener("abort", resolve);
  await promise;
  state.wake = undefined;
  callOff();
  callOffWaking?.();
  signal.removeEventListener("abort", resolve);
}

/** Doubles from attempt to attempt; between half and all of it, so that clients of a node that stopped do not come at once. */
function jittered(random: () => number): (attempt: number, retryMs: number) => number {
  return (number, retryMs) => {
    const longest = Math.min(delayMsMax, retryMs * 2 ** Math.min(number - 1, 16));
    return longest * (0.5 + random() / 2);
  };
}

type State = {
  position: string | undefined;
  retryMs: number;
  /** Attempts since something was heard. */
  attempt: number;
  /** Ends the pause that there is at the moment. */
  wake: (() => void) | undefined;
};

/** One connection, from its beginning to its end. */
async function listen<Signal extends Aborting>(
  url: string,
  subscription: Subscription<Signal>,
  state: State,
): Promise<BreakReason | LiveError> {
  const { interests, port, signal } = subscription;
  const query = interests.map(({ parameter, service, value }) => {
    const name = service === undefined ? parameter : `${parameter}.${service}`;
    return `${name}=${encodeURIComponent(value)}`;
  });
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (state.position !== undefined) headers["last-event-id"] = state.position;
  const target = `${url.replace(/\/+$/, "")}/changes?${query.join("&")}`;
  const opened = await attempt(() => port.fetch(target, { headers, signal }));
  if (!opened.ok) return opened.error;
  const answer = opened.value;
  if (answer.status !== 200) return refusalOf(answer);
  const type = answer.headers.get("content-type") ?? "";
  const reader = answer.body?.getReader();
  if (reader === undefined || !type.startsWith("text/event-stream")) {
    return { code: "answer-malformed" };
  }
  try {
    return await readAll(reader, subscription, state);
  } finally {
    // Also when a callback threw. A stream that broke has nothing left to cancel.
    await attempt(() => reader.cancel());
  }
}

async function readAll<Signal extends Aborting>(
  reader: StreamReader,
  subscription: Subscription<Signal>,
  state: State,
): Promise<BreakReason> {
  const parser = new EventParser();
  const silence = watchSilence(reader, subscription.port);
  try {
    for (;;) {
      const read = await attempt(() => reader.read());
      if (silence.isBroken()) return { code: "silent" };
      if (!read.ok) return read.error;
      const { done, value } = read.value;
      if (done || value === undefined) return { code: "ended" };
      silence.heard();
      const events = parser.push(value);
      if (events === undefined) return { code: "answer-malformed" };
      for (const event of events) {
        if (subscription.signal.aborted) return { code: "ended" };
        if (!(await take(event, subscription, state))) return { code: "answer-malformed" };
        // What a callback takes its time for is not the node's silence.
        silence.heard();
      }
    }
  } finally {
    silence.stop();
  }
}

/** Ends the reading of a stream on which nothing comes any more. */
function watchSilence<Signal>(
  reader: StreamReader,
  port: LivePort<Signal>,
): { heard(): void; stop(): void; isBroken(): boolean } {
  let isHeard = false;
  let isBroken = false;
  let callOff = port.after(silenceMsMax, look);
  function look(): void {
    if (isHeard) {
      isHeard = false;
      callOff = port.after(silenceMsMax, look);
      return;
    }
    isBroken = true;
    void attempt(() => reader.cancel());
  }
  return {
    heard: () => {
      isHeard = true;
    },
    stop: () => callOff(),
    isBroken: () => isBroken,
  };
}

/** False when it is not what a node says. */
async function take<Signal extends Aborting>(
  { name, data, id, retryMs }: ServerSentEvent,
  subscription: Subscription<Signal>,
  state: State,
): Promise<boolean> {
  state.attempt = 0;
  state.retryMs = retryMs ?? state.retryMs;
  if (data !== undefined) {
    const told = parseObject(data);
    if (told === undefined || !(await tell(name, told, subscription))) return false;
  }
  if (id !== undefined && id !== state.position) {
    state.position = id;
    subscription.onPosition?.(id);
  }
  return true;
}

type Json = Readonly<Record<string, unknown>>;

async function tell<Signal extends Aborting>(
  name: string,
  told: Json,
  { interests, onReady, onReset }: Subscription<Signal>,
): Promise<boolean> {
  const { block } = told;
  if (typeof block !== "number") return false;
  switch (name) {
    case "ready":
      await onReady?.(block);
      return true;
    case "reset":
      await onReset?.(block);
      return true;
    case "rows": {
      const rows: unknown = told["rows"];
      if (!Array.isArray(rows)) return false;
      for (const row of rows) {
        if (!isObject(row) || !(await tellOne(interests, block, row))) return false;
      }
      return true;
    }
    case "event":
    case "answer":
      return tellOne(interests, block, told);
    default:
      // A later node may say more.
      return true;
  }
}

async function tellOne(
  interests: readonly Interest[],
  block: number,
  told: Json,
): Promise<boolean> {
  const interest = typeof told["of"] === "number" ? interests[told["of"]] : undefined;
  if (interest === undefined) return false;
  await interest.onTold({ block, told });
  return true;
}

/** What may pass by itself is worth another attempt: too many requests, timeouts, a node that stops or starts. */
async function refusalOf(answer: StreamAnswer): Promise<BreakReason | LiveError> {
  const { status } = answer;
  const text = await attempt(() => answer.text());
  if (status === 408 || status === 429 || status >= 500) return { code: "refused-for-now", status };
  const told = text.ok ? parseObject(text.value) : undefined;
  const { code, message } = told ?? {};
  if (typeof code !== "string" || typeof message !== "string") return { code: "answer-malformed" };
  return { code: "refused", status, reason: code, message };
}

async function attempt<T>(run: () => Promise<T>): Promise<Result<T, BreakReason>> {
  try {
    return ok(await run());
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : String(fault);
    return err({ code: "unreachable", message });
  }
}

function parseObject(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
