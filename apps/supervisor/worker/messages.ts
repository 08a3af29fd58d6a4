import type { Ask, AskAnswer } from "../machine/journal.ts";
import type { Called, PluginCode, TopCall } from "../machine/plugin-machine.ts";

/** What the machines need before any plugin. */
export type MachineStart = {
  /** The one that is loaded first, without what plugins seldom call. */
  readonly engine: WebAssembly.Module;
  readonly runtime: Uint8Array;
};

/** Of the frame to its worker. */
export type ToWorker =
  | { readonly kind: "start"; readonly start: MachineStart }
  | {
      readonly kind: "call";
      readonly id: number;
      readonly call: TopCall;
      readonly plugins: readonly PluginCode[];
    }
  | { readonly kind: "answer"; readonly id: number; readonly answer: AskAnswer }
  /** The whole engine, or nothing when it cannot be had. */
  | { readonly kind: "widened"; readonly engine: WebAssembly.Module | undefined };

/** Of the worker. */
export type FromWorker =
  /** First of all: from now on it listens. */
  | { readonly kind: "ready" }
  | { readonly kind: "ask"; readonly id: number; readonly ask: Ask }
  | { readonly kind: "called"; readonly id: number; readonly called: Called }
  /** A call needs the whole engine. */
  | { readonly kind: "widen" }
  | { readonly kind: "log"; readonly plugin: string; readonly line: string };
