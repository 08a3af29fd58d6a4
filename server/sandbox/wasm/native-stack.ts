import { callGraphOf, cyclesOf, type CallGraph } from "./call-graph.ts";
import type { Module } from "./module.ts";
import type { BodyPlan } from "./validate-body.ts";

/** How the native stack of a host is estimated from above. */
export type StackCosts = {
  /** Return address, saved registers and what else every frame has. */
  readonly frameBytes: number;
  /** One parameter, local or operand. */
  readonly slotBytes: number;
  /** A function counts its own stack when what is called below it, and counts none, may need more than this. */
  readonly uncountedBytesMax: number;
};

export type StackPlan = {
  /** What each body takes from the stack that is left; zero where its callers have taken it already. */
  readonly frameBytes: readonly number[];
  /** The most that a call from the host may use before anything is counted. */
  readonly uncountedBytes: number;
};

/** Rounds of cutting cycles; whatever is on one after that counts its stack. */
const roundsMax = 32;
/** Of a large cycle, one in so many bodies is cut in one round. */
const cutShare = 64;

/**
 * Finds the functions that count their native stack. Each cycle of calls has one, and so has each function that
 * calls the host, which may call back. What lies between is a chain of known depth, taken by who counts above it.
 */
export function planStack(
  module: Module,
  bodies: readonly BodyPlan[],
  costs: StackCosts,
): StackPlan {
  const graph = callGraphOf(module, bodies);
  const own = bodies.map(({ operandsMax }, index) => {
    const slots = (module.bodies[index]?.locals.length ?? 0) + operandsMax;
    return costs.frameBytes + costs.slotBytes * slots;
  });
  const counts = cutCycles(graph, own);
  return chargeChains(graph, own, { counts, uncountedBytesMax: costs.uncountedBytesMax });
}

function cutCycles(graph: CallGraph, own: readonly number[]): boolean[] {
  const counts = [...graph.callsHost];
  for (let round = 0; round < roundsMax; round++) {
    const cycles = cyclesOf(graph, counts);
    if (cycles.length === 0) return counts;
    for (const cycle of cycles) {
      for (const body of busiest(graph, cycle, own)) counts[body] = true;
    }
  }
  for (const cycle of cyclesOf(graph, counts)) {
    for (const node of cycle) if (node < graph.bodyCount) counts[node] = true;
  }
  return counts;
}

/**
 * The bodies of a cycle that most ways through it pass, and of those the largest, where counting is noticed least: one,
 * and more of a cycle so large that one at a time would take long.
 */
function busiest(graph: CallGraph, cycle: readonly number[], own: readonly number[]): number[] {
  const members = new Set(cycle);
  const incoming = new Int32Array(graph.successors.length);
  const outgoing = new Int32Array(graph.successors.length);
  for (const node of cycle) {
    for (const to of graph.successors[node] ?? []) {
      if (!members.has(to)) continue;
      incoming[to] = (incoming[to] ?? 0) + 1;
      outgoing[node] = (outgoing[node] ?? 0) + 1;
    }
  }
  const scores = cycle
    .filter((node) => node < graph.bodyCount)
    .map((node) => ({
      node,
      score: (incoming[node] ?? 0) * (outgoing[node] ?? 0) * (own[node] ?? 0),
    }));
  // Equal scores are told apart by the index, so that every host chooses the same.
  scores.sort((left, right) => right.score - left.score || left.node - right.node);
  return scores.slice(0, 1 + Math.floor(cycle.length / cutShare)).map(({ node }) => node);
}

type Chains = { readonly counts: boolean[]; readonly uncountedBytesMax: number };

/** Without the functions that count there is no cycle: each node's need is known when those below it are. */
function chargeChains(graph: CallGraph, own: readonly number[], chains: Chains): StackPlan {
  const { counts, uncountedBytesMax } = chains;
  const size = graph.successors.length;
  const needs = new Float64Array(size);
  const isDone = new Uint8Array(size);
  for (let root = 0; root < size; root++) {
    const visits = [{ node: root, edge: 0, below: 0 }];
    for (let top = visits.at(-1); top !== undefined; top = visits.at(-1)) {
      const { node } = top;
      if (isDone[node] === 1) {
        visits.pop();
        continue;
      }
      const to = graph.successors[node]?.[top.edge];
      if (to === undefined) {
        const need = (own[node] ?? 0) + top.below;
        if (need > uncountedBytesMax && node < graph.bodyCount) counts[node] = true;
        needs[node] = need;
        isDone[node] = 1;
      } else if (counts[to] === true) {
        // What it needs it takes itself.
        top.edge++;
      } else if (isDone[to] === 1) {
        top.edge++;
        top.below = Math.max(top.below, needs[to] ?? 0);
      } else {
        visits.push({ node: to, edge: 0, below: 0 });
      }
    }
  }
  return {
    frameBytes: own.map((_, body) => (counts[body] === true ? (needs[body] ?? 0) : 0)),
    uncountedBytes: own.reduce(
      (most, _, body) => (counts[body] === true ? most : Math.max(most, needs[body] ?? 0)),
      0,
    ),
  };
}
