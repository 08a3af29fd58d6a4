import { join } from "node:path";

import type { Algorithm } from "@kith/protocol/block";

import { Cluster, type ClusterNode, type Launch } from "../cluster.ts";
import { ControlFile, type DiskFault } from "./control-file.ts";
import { Proxy } from "./proxy.ts";
import { tortureVariable, type Torture } from "./torture-variable.ts";
import { Wires, type Direction } from "./wires.ts";

const preload = join(import.meta.dirname, "node-preload.ts");

export type NetworkOptions = {
  readonly nodes: number;
  /** CFT where nothing is said. */
  readonly algorithm: Algorithm | undefined;
  /** Of each node, how many blocks stay in its log; undefined keeps all. Whoever was away for longer needs a snapshot. */
  readonly keepBlocks: readonly (number | undefined)[];
  /** A rule of the product that is missing in all nodes, so that the torture has to find it. */
  readonly mutant?: string | undefined;
};

type NodeParts = { readonly control: ControlFile; readonly node: ClusterNode };

/** One node under torture. Whoever hurts it takes it first, so that two faults do not start and stop the same process. */
export class TortureNode {
  readonly index: number;
  readonly cluster: ClusterNode;
  readonly #control: ControlFile;
  readonly #onExit: (text: string) => void;
  /** True while its end is wanted. */
  #mayEnd = false;
  #isPaused = false;
  #wallShiftMs = 0;
  #monotonicShiftMs = 0;
  isTaken = false;

  constructor(index: number, { control, node }: NodeParts, onExit: (text: string) => void) {
    this.index = index;
    this.cluster = node;
    this.#control = control;
    this.#onExit = onExit;
  }

  get name(): string {
    return this.cluster.name;
  }

  get isRunning(): boolean {
    return this.cluster.running;
  }

  /** What it has said since it was started last. */
  get lastWords(): string {
    return this.cluster.process.output;
  }

  start(): void {
    this.#control.breakDisk("none");
    this.#mayEnd = false;
    this.#isPaused = false;
    this.cluster.start();
    this.watch();
  }

  /** An end that nobody wanted is told. */
  watch(): void {
    const { process, name } = this.cluster;
    void process.ended().then((status) => {
      if (!this.#mayEnd)
        this.#onExit(`${name} ended with ${status}: ${process.output.slice(-2_000)}`);
    });
  }

  async kill(): Promise<void> {
    this.#mayEnd = true;
    await this.cluster.process.kill();
  }

  /** Asks it to end, as an operator does. */
  async stop(): Promise<number> {
    this.#mayEnd = true;
    return this.cluster.process.stop();
  }

  pause(): void {
    this.#isPaused = true;
    this.cluster.process.signal("SIGSTOP");
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.cluster.process.signal("SIGCONT");
  }

  /** Sets the wall clock ahead, or back. */
  jumpWall(ms: number): void {
    this.#wallShiftMs += ms;
    this.#control.shiftWall(this.#wallShiftMs);
  }

  /** The monotonic clock goes on at a later time, as it may where a machine was moved. */
  leap(ms: number): void {
    this.#monotonicShiftMs += ms;
    this.#control.shiftMonotonic(this.#monotonicShiftMs);
  }

  /** Goes on where it was paused, as a machine that slept: its monotonic clock stood still. */
  wake(sleptMs: number): void {
    this.leap(-sleptMs);
    this.resume();
  }

  /** Whether it has ended by itself within that time; if not, it is killed. */
  async breakDisk(fault: Exclude<DiskFault, "none">, withinMs: number): Promise<boolean> {
    this.#mayEnd = true;
    this.#control.breakDisk(fault);
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), withinMs);
    const status = await Promise.race([this.cluster.process.ended(), late.promise]);
    clearTimeout(timer);
    if (status === undefined) await this.kill();
    return status !== undefined;
  }

  close(): void {
    this.#control.close();
  }
}

/** A network of real processes: every byte between two of them goes through a proxy of its own. */
export class TortureNetwork {
  readonly cluster: Cluster;
  readonly nodes: readonly TortureNode[];
  readonly wires: Wires;
  /** Ends of processes that nobody wanted. */
  readonly exits: string[] = [];
  readonly #proxies: readonly (readonly [Direction, Proxy])[];

  private constructor(
    cluster: Cluster,
    wires: Wires,
    parts: { controls: readonly ControlFile[]; proxies: readonly (readonly [Direction, Proxy])[] },
  ) {
    this.cluster = cluster;
    this.wires = wires;
    this.#proxies = parts.proxies;
    this.nodes = parts.controls.map((control, index) => {
      const node = cluster.nodes[index];
      if (node === undefined) throw new Error("a control file for each node");
      return new TortureNode(index, { control, node }, (text) => this.exits.push(text));
    });
    for (const node of this.nodes) node.watch();
  }

  static async start(options: NetworkOptions): Promise<TortureNetwork> {
    const { nodes, algorithm, keepBlocks, mutant } = options;
    const wires = new Wires();
    const controls: ControlFile[] = [];
    const proxies: (readonly [Direction, Proxy])[] = [];
    const launches = async (ports: readonly number[], folder: string): Promise<Launch[]> => {
      for (const direction of allDirections(nodes)) {
        const proxy = await Proxy.open(direction, ports[direction.to] ?? 0, wires);
        proxies.push([direction, proxy]);
      }
      return ports.map((_, index) => {
        const control = new ControlFile(join(folder, `node-${index + 1}.control`));
        controls.push(control);
        const ways = proxies.filter(([{ from }]) => from === index);
        const entries = ways.map(([{ to }, { port }]) => [`${ports[to]}`, port] as const);
        const told: Torture = {
          control: control.path,
          ports: Object.fromEntries(entries),
          ...(mutant === undefined ? {} : { mutant }),
        };
        const keep = keepBlocks[index];
        return {
          words: ["--preload", preload],
          environment: { [tortureVariable]: JSON.stringify(told) },
          options: keep === undefined ? {} : { "keep-blocks": keep },
        };
      });
    };
    const cluster = await Cluster.start(nodes, { algorithm, launches });
    return new TortureNetwork(cluster, wires, { controls, proxies });
  }

  /** Everything that a node sends and hears. */
  around(index: number): readonly Direction[] {
    return allDirections(this.nodes.length).filter(
      ({ from, to }) => from === index || to === index,
    );
  }

  /** Ends the connections between two sets of nodes, and both ends see it. */
  reset(directions: readonly Direction[]): void {
    for (const [{ from, to }, proxy] of this.#proxies) {
      const isMeant = directions.some(
        (one) => (one.from === from && one.to === to) || (one.from === to && one.to === from),
      );
      if (isMeant) proxy.reset();
    }
  }

  /** The node that leads as far as somebody who runs says. */
  async leader(): Promise<TortureNode | undefined> {
    const found = this.nodes.map(async (node) => {
      if (!node.isRunning || node.isTaken) return undefined;
      try {
        return (await node.cluster.status()).role === "leader" ? node : undefined;
      } catch {
        return undefined;
      }
    });
    return (await Promise.all(found)).find((node) => node !== undefined);
  }

  async close(): Promise<void> {
    for (const node of this.nodes) {
      node.resume();
      if (node.isRunning) await node.kill();
      node.close();
    }
    await Promise.all(this.#proxies.map(([, proxy]) => proxy.close()));
    await this.cluster.close();
  }
}

export function allDirections(nodes: number): readonly Direction[] {
  const all = Array.from({ length: nodes }, (_, index) => index);
  return all.flatMap((from) => all.filter((to) => to !== from).map((to) => ({ from, to })));
}
