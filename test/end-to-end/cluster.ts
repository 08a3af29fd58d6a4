import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { prepareFolders } from "@kith/node/network-folders";
import type { Algorithm } from "@kith/protocol/block";

import { Child } from "./child.ts";
import { rootHost, type NodeAddress } from "./http-client.ts";
import { readStatus, type Status } from "./node-status.ts";
import { freePorts } from "./ports.ts";
import { givePrepared, keepPrepared } from "./prepared-code.ts";
import { Hopeless, until } from "./until.ts";

/** What stands behind `--` on a command line. */
type Options = Readonly<Record<string, string | number>>;

function wordsOf(options: Options): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
}

/** Elections, joins and restarts are over long before this, also on a busy machine. */
export const settleMs = 90_000;

/** What else a node's process is started with. */
export type Launch = {
  /** Stand before the program. */
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly options?: Options;
};

type ClusterOptions = {
  /** How it agrees at first; CFT where nothing is said. */
  readonly algorithm?: Algorithm | undefined;
  /** One for each node; called with their ports before they are started. */
  readonly launches?: (ports: readonly number[], folder: string) => Promise<readonly Launch[]>;
};

/** One node of a network under test: a process, a data folder, a port. */
export class ClusterNode implements NodeAddress {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly #options: Options;
  readonly #launch: Launch;
  #child: Child | undefined;
  /** What earlier processes of this node wrote. */
  #history = "";

  constructor(name: string, folder: string, port: number, launch: Launch) {
    this.name = name;
    this.folder = folder;
    this.port = port;
    this.#launch = launch;
    // People under test have short names.
    const names = { "free-names": 1 };
    this.#options = { data: folder, port, "root-host": rootHost, ...names, ...launch.options };
  }

  get output(): string {
    return this.#history + (this.#child?.output ?? "");
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.status === undefined;
  }

  get process(): Child {
    if (this.#child === undefined) throw new Error(`${this.name} was never started`);
    return this.#child;
  }

  /** `extra` stands behind the options that it is always started with. */
  start(extra: readonly string[] = []): void {
    if (this.running) throw new Error(`${this.name} runs already`);
    this.#history = this.output;
    const { words = [], environment = {} } = this.#launch;
    const all = [...words, "server/main.ts", ...wordsOf(this.#options), ...extra];
    this.#child = new Child(this.name, all, environment);
  }

  status(): Promise<Status> {
    return readStatus(this);
  }

  /** Waits until it serves: caught up, and with a leader. */
  async ready(): Promise<void> {
    await until(`${this.name} is ready`, settleMs, async () => {
      if (!this.running) throw new Hopeless(`${this.name} ended: ${this.output.slice(-2_000)}`);
      return (await this.status()).readiness.ready;
    });
  }
}

export class Cluster {
  readonly nodes: readonly ClusterNode[];
  /** Everything that the test writes is below it, and gone at its end. */
  readonly folder: string;
  #extras: ClusterNode[] = [];

  private constructor(folder: string, nodes: readonly ClusterNode[]) {
    this.folder = folder;
    this.nodes = nodes;
  }

  /** Makes a network of producers as the command of users does, and starts each node by itself. */
  static async start(count: number, options: ClusterOptions = {}): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), "kith-end-to-end-"));
    const port = await freePorts(count + 1);
    const { algorithm } = options;
    // Tests name accounts as they like.
    const wanted = { nodes: count, folder, rootHost, algorithm, freeNameCharsMin: 1 };
    const made = await prepareFolders(wanted, () => {});
    if (!made.ok) throw new Error(made.error);
    const ports = Array.from({ length: count }, (_, index) => port + index);
    const launched = (await options.launches?.(ports, folder)) ?? [];
    const urls = ports.map((each) => `ws://127.0.0.1:${each}/p2p`);
    const nodes = ports.map((each, index) => {
      const others = urls.filter((_, other) => other !== index);
      const settings = { peers: others.join(","), "public-url": urls[index] ?? "" };
      const launch = launched[index] ?? {};
      const name = `node-${index + 1}`;
      const own = { ...launch, options: { ...settings, ...launch.options } };
      return new ClusterNode(name, join(folder, name), each, own);
    });
    const cluster = new Cluster(folder, nodes);
    for (const node of nodes) givePrepared(node.folder);
    for (const node of nodes) node.start();
    try {
      await cluster.ready();
      for (const node of nodes) keepPrepared(node.folder);
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** The node of a network that was started with one. */
  get only(): ClusterNode {
    const [node, ...others] = this.nodes;
    if (node === undefined || others.length > 0) throw new Error("this network has several nodes");
    return node;
  }

  async ready(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.ready()));
  }

  /** A further node with an empty disk, which joins as an observer. */
  addObserver(): ClusterNode {
    const [first] = this.nodes;
    if (first === undefined) throw new Error("a cluster has nodes");
    return this.addNode("observer", {
      join: `http://${rootHost}:${first.port}`,
      peers: `ws://127.0.0.1:${first.port}/p2p`,
      "public-url": `ws://127.0.0.1:${this.#sparePort}/p2p`,
    });
  }

  /** One node more, whose disk is the folder of its name; there is a port for one. */
  addNode(name: string, options: Options): ClusterNode {
    const node = new ClusterNode(name, join(this.folder, name), this.#sparePort, { options });
    this.#extras.push(node);
    givePrepared(node.folder);
    return node;
  }

  get #sparePort(): number {
    const [first] = this.nodes;
    if (first === undefined) throw new Error("a cluster has nodes");
    return first.port + this.nodes.length;
  }

  /** The node that all running nodes take for the leader. */
  leader(): Promise<ClusterNode> {
    return until("all nodes agree on a leader", settleMs, async () => {
      const running = this.nodes.filter((node) => node.running);
      const all = await Promise.all(running.map((node) => node.status()));
      const ids = new Set(all.map(({ leader }) => leader?.node));
      const index = all.findIndex(({ role, node }) => role === "leader" && ids.has(node));
      return ids.size === 1 ? running[index] : undefined;
    });
  }

  async follower(): Promise<ClusterNode> {
    return this.otherThan(await this.leader());
  }

  /** One that runs: a follower, for whoever has asked who leads and goes on with that. */
  otherThan(leader: ClusterNode): ClusterNode {
    const follower = this.nodes.find((node) => node !== leader && node.running);
    if (follower === undefined) throw new Error("no follower runs");
    return follower;
  }

  /** Waits until these nodes have executed the same blocks, to the same state. */
  async settled(nodes: readonly ClusterNode[] = this.nodes): Promise<void> {
    await until("all nodes have the same state", settleMs, async () => {
      const all = await Promise.all(nodes.map((node) => node.status()));
      const states = new Set(all.map(({ executed }) => `${executed?.num} ${executed?.stateRoot}`));
      const final = Math.max(...all.map((status) => status.final?.num ?? 0));
      return states.size === 1 && all.every(({ executed }) => executed?.num === final);
    });
  }

  /** Ends everything and deletes the disks. Never throws: a failed test still has its own error to tell. */
  async close(): Promise<void> {
    const nodes = [...this.nodes, ...this.#extras];
    await Promise.all(nodes.filter((node) => node.running).map((node) => node.process.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
