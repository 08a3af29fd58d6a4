import { readSync, writeSync } from "node:fs";
import { Worker } from "node:worker_threads";

import type { ServiceMachine } from "@kith/chain/ports";
import { httpRequestCodec } from "@kith/protocol/http-message";
import { blockNumOf, type AccountName } from "@kith/protocol/ids";
import { openStateFollower, type StateFollower } from "@kith/store/state-follower";

import { EventView } from "./event-view.ts";
import { frameOf, FrameReader } from "./frames.ts";
import { memoryReportMs } from "./limits.ts";
import {
  fromProcessCodec,
  toProcessCodec,
  type ChangesMessage,
  type FromProcess,
} from "./messages.ts";
import { pipes } from "./pipes.ts";
import { runQuery, type QueryState } from "./query-runner.ts";

const chunkBytes = 256 * 1024;

/**
 * What a query process does until its node closes the pipe. It waits for the pipe without an event loop, because it does
 * one thing after the other anyway, and each turn of a loop would be time between two answers.
 */
export function runQueryProcess(parts: {
  readonly folder: string;
  readonly machine: ServiceMachine;
  /** A service that is asked something before anybody else asks, so that no first client waits for the machine to start. */
  readonly warmUp?: AccountName;
}): void {
  new Worker(new URL("end-with-node.ts", import.meta.url)).unref();
  const follower = openStateFollower(parts.folder);
  const events = new EventView(parts.folder);
  const state = followedState(follower, events);
  const memory = new MemoryReport();
  if (parts.warmUp !== undefined) warmUp(state, parts.machine, parts.warmUp);
  let isHeard = send({ ready: {} });
  for (const message of messagesFromNode()) {
    if (!isHeard) break;
    if ("changes" in message) {
      follow(follower, message.changes);
    } else {
      const { id, ...query } = message.query;
      const outcome = runQuery(state, parts.machine, query);
      isHeard = send({ answer: { id, outcome, ...memory.next() } });
    }
  }
  follower.close();
  events.close();
}

/** Whatever comes of it; a defect would be told again with the first query. */
function warmUp(state: QueryState, machine: ServiceMachine, service: AccountName): void {
  const request = httpRequestCodec.pack({
    method: "GET",
    host: `${service}.localhost`,
    rootHost: "localhost",
    path: "/",
    query: "",
    headers: [],
    body: new Uint8Array(),
  });
  const least = blockNumOf(0);
  runQuery(state, machine, { service, least, fromFile: false, wantsReads: false, request });
}

function* messagesFromNode() {
  const reader = new FrameReader();
  const chunk = new Uint8Array(chunkBytes);
  for (;;) {
    const count = readSync(pipes.fromNode, chunk, 0, chunk.length, null);
    if (count === 0) return;
    for (const frame of reader.push(chunk.subarray(0, count))) {
      // The node wrote it, from the same source.
      yield toProcessCodec.trustedUnpack(frame);
    }
  }
}

/** False when the node is gone. */
function send(message: FromProcess): boolean {
  const frame = frameOf(fromProcessCodec.pack(message));
  try {
    for (let at = 0; at < frame.length;) {
      at += writeSync(pipes.toNode, frame, at, frame.length - at);
    }
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EPIPE") return false;
    throw error;
  }
}

function follow(follower: StateFollower, { first, applied, changes }: ChangesMessage): void {
  follower.add({
    first,
    applied,
    changes: changes.map(({ service, space, key, row }) => ({
      address: { service, space, key },
      row,
    })),
  });
}

function followedState(follower: StateFollower, events: EventView): QueryState {
  return {
    read: (query) =>
      follower.read((rows, applied) =>
        query(
          rows.sql === undefined ? { rows, applied } : { rows, applied, sql: rows.sql, events },
        ),
      ),
    readFile: (query) =>
      follower.readFile((rows, applied) => query({ rows, applied, sql: rows.sql, events })),
  };
}

/** Asking the system takes longer than many a query, so it is not asked each time. */
class MemoryReport {
  private nextMs = 0;

  next(): { readonly residentBytes?: number } {
    const nowMs = performance.now();
    if (nowMs < this.nextMs) return {};
    this.nextMs = nowMs + memoryReportMs;
    return { residentBytes: process.memoryUsage.rss() };
  }
}
