import type { Dice } from "../../../test/simulator/dice.ts";
import type { Scheduler } from "../../../test/simulator/scheduler.ts";
import { bytesOnLine, type Setting } from "./setting.ts";

type Line = { freeAtMicros: number; busyMicros: number; bytes: number };

export type LineUsage = { readonly busyMicros: number; readonly bytes: number };

type LinesPorts = { readonly scheduler: Scheduler; readonly dice: Dice; readonly setting: Setting };

/**
 * One line up and one line down for each node, and a fixed way between all of them. What consensus says is of one lane of
 * the links (`urgent`), so what a node sends leaves in the order in which it was sent, whoever it is for; links keep their order.
 */
export class Lines {
  readonly #ports: LinesPorts;
  readonly #up: readonly Line[];
  readonly #down: readonly Line[];
  readonly #lastArrival: Float64Array;

  constructor(ports: LinesPorts) {
    const { producers } = ports.setting;
    this.#ports = ports;
    this.#up = Array.from({ length: producers }, newLine);
    this.#down = Array.from({ length: producers }, newLine);
    this.#lastArrival = new Float64Array(producers * producers);
  }

  send(from: number, to: number, messageBytes: number, deliver: () => void): void {
    const { scheduler, dice, setting } = this.#ports;
    const up = lineOf(this.#up, from);
    const bytes = bytesOnLine(messageBytes);
    const sendingMicros = (bytes * 8) / setting.bandwidthMbit;
    occupy(up, scheduler.now(), sendingMicros, bytes);
    const travelMicros = (setting.oneWayMs + dice.exponential(setting.jitterMs)) * 1000;
    const at = from * setting.producers + to;
    const arrival = Math.max(up.freeAtMicros + travelMicros, this.#lastArrival[at] ?? 0);
    this.#lastArrival[at] = arrival;
    scheduler.after(arrival - scheduler.now(), () => this.#arrive(to, bytes, deliver));
  }

  /** What comes from outside of the network, over the same line. */
  receive(to: number, messageBytes: number): void {
    const bytes = bytesOnLine(messageBytes);
    const sendingMicros = (bytes * 8) / this.#ports.setting.bandwidthMbit;
    occupy(lineOf(this.#down, to), this.#ports.scheduler.now(), sendingMicros, bytes);
  }

  /** How long each direction has been busy until now, and the bytes that were given to it. */
  usage(node: number): { readonly up: LineUsage; readonly down: LineUsage } {
    const now = this.#ports.scheduler.now();
    return {
      up: usageOf(lineOf(this.#up, node), now),
      down: usageOf(lineOf(this.#down, node), now),
    };
  }

  /** A message streams through a free line while it arrives; its last byte waits only for what came before it. */
  #arrive(to: number, bytes: number, deliver: () => void): void {
    const { scheduler, setting } = this.#ports;
    const now = scheduler.now();
    const line = lineOf(this.#down, to);
    const receivingMicros = (bytes * 8) / setting.bandwidthMbit;
    occupy(line, now - receivingMicros, receivingMicros, bytes);
    if (line.freeAtMicros <= now) deliver();
    else scheduler.after(line.freeAtMicros - now, deliver);
  }
}

function usageOf({ busyMicros, freeAtMicros, bytes }: Line, now: number): LineUsage {
  return { busyMicros: busyMicros - Math.max(0, freeAtMicros - now), bytes };
}

function newLine(): Line {
  return { freeAtMicros: 0, busyMicros: 0, bytes: 0 };
}

function occupy(line: Line, fromMicros: number, forMicros: number, bytes: number): void {
  line.freeAtMicros = Math.max(line.freeAtMicros, fromMicros) + forMicros;
  line.busyMicros += forMicros;
  line.bytes += bytes;
}

function lineOf(lines: readonly Line[], node: number): Line {
  const line = lines[node];
  if (line === undefined) throw new Error(`there is no node ${node}`);
  return line;
}
