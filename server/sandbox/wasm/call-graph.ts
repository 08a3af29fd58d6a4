import { formOf } from "./added-types.ts";
import type { Module } from "./module.ts";
import type { BodyPlan } from "./validate-body.ts";

/**
 * Who may call whom. A node is a body, or behind all bodies a function type: an indirect call leads to the node of
 * its type, and from there to every function of that type whose reference exists.
 */
export type CallGraph = {
  readonly bodyCount: number;
  readonly successors: readonly (readonly number[])[];
  /** Bodies from which the host is called: what it calls in turn is not in the graph. */
  readonly callsHost: readonly boolean[];
};

export function callGraphOf(module: Module, bodies: readonly BodyPlan[]): CallGraph {
  const { importedFunctions, functions, declaredFunctions } = module;
  const nodeOfType = typeNodes(module, bodies.length);
  const successors: number[][] = Array.from(
    { length: bodies.length + new Set(nodeOfType).size },
    () => [],
  );
  const hostNodes = new Set<number>();
  for (const index of declaredFunctions) {
    const node = nodeOfType[functions[index] ?? -1] ?? 0;
    if (index < importedFunctions) hostNodes.add(node);
    else successors[node]?.push(index - importedFunctions);
  }
  const callsHost = bodies.map(({ callees, indirectTypes }, body) => {
    let isHost = false;
    for (const callee of callees) {
      if (callee < importedFunctions) isHost = true;
      else successors[body]?.push(callee - importedFunctions);
    }
    for (const type of indirectTypes) {
      const node = nodeOfType[type] ?? 0;
      if (hostNodes.has(node)) isHost = true;
      successors[body]?.push(node);
    }
    return isHost;
  });
  return { bodyCount: bodies.length, successors, callsHost };
}

/** Types of the same form are one node: an indirect call compares forms, not indices (section 4.4.8). */
function typeNodes(module: Module, firstNode: number): number[] {
  const nodes = new Map<string, number>();
  return module.types.map((type) => {
    const form = formOf(type);
    const node = nodes.get(form) ?? firstNode + nodes.size;
    nodes.set(form, node);
    return node;
  });
}

/**
 * The strongly connected components that have a cycle, without the nodes that are cut (Tarjan 1972, with a stack of
 * its own because chains of calls may be as long as there are functions).
 */
export function cyclesOf(graph: CallGraph, cut: readonly boolean[]): number[][] {
  const size = graph.successors.length;
  const state: SearchState = {
    graph,
    cut,
    order: new Int32Array(size).fill(-1),
    low: new Int32Array(size),
    onPath: new Uint8Array(size),
    path: [],
    next: 0,
    found: [],
  };
  for (let node = 0; node < size; node++) {
    if (state.order[node] === -1 && cut[node] !== true) searchFrom(state, node);
  }
  return state.found;
}

type SearchState = {
  readonly graph: CallGraph;
  readonly cut: readonly boolean[];
  /** When a node was first seen, and the earliest node on the path that it leads back to. */
  readonly order: Int32Array;
  readonly low: Int32Array;
  readonly onPath: Uint8Array;
  readonly path: number[];
  next: number;
  readonly found: number[][];
};

function searchFrom(state: SearchState, root: number): void {
  const { graph, cut, order, low, onPath } = state;
  const visits: { readonly node: number; edge: number }[] = [visit(state, root)];
  for (let top = visits.at(-1); top !== undefined; top = visits.at(-1)) {
    const { node } = top;
    const to = graph.successors[node]?.[top.edge++];
    if (to === undefined) {
      visits.pop();
      const parent = visits.at(-1);
      if (parent !== undefined) lower(low, parent.node, low[node] ?? 0);
      if (low[node] === order[node]) closeComponent(state, node);
    } else if (cut[to] === true) {
      continue;
    } else if (order[to] === -1) {
      visits.push(visit(state, to));
    } else if (onPath[to] === 1) {
      lower(low, node, order[to] ?? 0);
    }
  }
}

function visit(state: SearchState, node: number): { readonly node: number; edge: number } {
  state.order[node] = state.next;
  state.low[node] = state.next;
  state.next++;
  state.onPath[node] = 1;
  state.path.push(node);
  return { node, edge: 0 };
}

function lower(low: Int32Array, node: number, value: number): void {
  low[node] = Math.min(low[node] ?? 0, value);
}

function closeComponent({ graph, path, onPath, found }: SearchState, node: number): void {
  const component = path.splice(path.lastIndexOf(node));
  for (const member of component) onPath[member] = 0;
  if (component.length > 1 || graph.successors[node]?.includes(node) === true) {
    found.push(component);
  }
}
