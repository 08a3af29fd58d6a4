import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";

import { z } from "zod";

import { Cluster, type ClusterNode } from "./cluster.ts";
import { request } from "./http-client.ts";
import { kithDone, makeKey } from "./kith.ts";
import { creation, draft, person, proved, pushBytes } from "./transactions.ts";
import { Writer } from "./writer.ts";
import { checkAll, moreOf } from "./writers.ts";

/** Each is changed in what it says, so that the new version shows itself. */
const upgrades = [
  { app: "sites", file: "uploader.ts", from: "names whose files", to: "says whose files" },
  { app: "transact", file: "service.ts", from: "there is no account", to: "nobody is called" },
] as const;
const version = "0.2.0";
const page = "<h1>here</h1>";

let cluster: Cluster;
before(async () => {
  cluster = await Cluster.start(3);
  await makeKey(cluster);
  const [first] = nodes();
  const site = join(cluster.folder, "site");
  mkdirSync(site);
  writeFileSync(join(site, "index.html"), page);
  await kithDone(cluster.folder, first, ["account", "create", "shelf"]);
  await kithDone(cluster.folder, first, ["publish", site, "--app", "shelf"]);
  await cluster.settled();
});
after(() => cluster.close());

function nodes(): readonly [ClusterNode, ClusterNode, ClusterNode] {
  const [first, second, third] = cluster.nodes;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  return [first, second, third];
}

const notLinked = (path: string): boolean => !path.endsWith("node_modules");

/** A package of the app as it is here, with one text changed. */
async function nextVersion({ app, file, from, to }: (typeof upgrades)[number]): Promise<string> {
  const folder = join(cluster.folder, "next", app);
  const source = resolve(import.meta.dirname, "../../apps", app);
  cpSync(source, folder, { recursive: true, filter: notLinked });
  const text = readFileSync(join(folder, file), "utf8");
  assert.ok(text.includes(from), `${file} has changed`);
  writeFileSync(join(folder, file), text.replaceAll(from, to));
  writeFileSync(join(folder, "kith.json"), JSON.stringify({ version }));
  const words = ["package", folder, "--out", cluster.folder, "--json"];
  const made: unknown = JSON.parse(await kithDone(cluster.folder, nodes()[0], words));
  return z.object({ path: z.string() }).parse(made).path;
}

/** Reads a page and a table again and again; whatever is not answered as it should be is kept. */
class Reader {
  readonly wrong: string[] = [];
  count = 0;
  readonly #nodes: readonly ClusterNode[];
  #stopping = false;
  #running: Promise<void> | undefined;

  constructor(among: readonly ClusterNode[]) {
    this.#nodes = among;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const query = new URLSearchParams({ query: `{ accountsByKey(name: "shelf") { name } }` });
    while (!this.#stopping) {
      for (const node of this.#nodes) {
        await this.#read(node, "shelf", "/", page);
        await this.#read(node, "accounts", `/graphql?${query.toString()}`, `"name":"shelf"`);
      }
    }
  }

  async #read(node: ClusterNode, name: string, path: string, wanted: string): Promise<void> {
    try {
      const answer = await request(node, name, path);
      const text = await answer.text();
      const isRight = answer.status === 200 && text.includes(wanted);
      if (!isRight) this.wrong.push(`${name}${path}: ${answer.status} ${text}`);
    } catch (error) {
      this.wrong.push(`${name}${path}: ${String(error)}`);
    }
    this.count++;
  }
}

/** What both new versions say, where the old ones said something else. */
async function checkUpgraded(node: ClusterNode): Promise<void> {
  const answer = await request(node, "sites", "/files?account=Not-A-Name");
  assert.match(await answer.text(), /says whose files/);
  const nobody = person("nobody", 99);
  const act = { ...creation(nobody), service: creation(nobody).sender };
  const bytes = proved(await draft(node, [act], [nobody.prover]), [nobody.prover]);
  const { body } = await pushBytes(node, bytes);
  assert.match(String(body["message"]), /nobody is called nobody/);
}

test("`sites` and `transact` are replaced while clients read and write, and nothing is lost", async () => {
  const [first, second, third] = nodes();
  const files = [];
  for (const upgrade of upgrades) files.push(await nextVersion(upgrade));
  const writer = new Writer("w", [first, second]);
  const reader = new Reader([first, second]);
  writer.start();
  reader.start();
  await moreOf(writer, 4);
  const beforeUpgrade = writer.acknowledged.length;
  // One node misses it all.
  await third.process.kill();
  const key = join(first.folder, "owner.pem");
  for (const file of files) {
    await kithDone(cluster.folder, first, ["install", file, "--key", key]);
  }
  const afterUpgrade = writer.acknowledged.length;
  await moreOf(writer, 4);
  third.start();
  await third.ready();
  await moreOf(writer, 4);
  await Promise.all([writer.stop(), reader.stop()]);
  await cluster.settled();
  assert.ok(afterUpgrade > beforeUpgrade, "nothing was written during the upgrade");
  assert.deepEqual(reader.wrong, []);
  assert.ok(reader.count > 20, `${reader.count} reads`);
  assert.deepEqual(writer.hung, []);
  await checkAll(writer, cluster.nodes);
  for (const node of cluster.nodes) {
    await checkUpgraded(node);
    assert.equal(await (await request(node, "shelf", "/")).text(), page);
  }
});

test("a node that joins after the upgrade has the same state and the new versions", async () => {
  const observer = cluster.addObserver();
  observer.start();
  await observer.ready();
  await cluster.settled([...cluster.nodes, observer]);
  await checkUpgraded(observer);
  assert.equal(await (await request(observer, "shelf", "/")).text(), page);
  assert.match(
    await kithDone(cluster.folder, observer, ["list"]),
    /^sites +0\.2\.0.*\n(?:.*\n)*transact +0\.2\.0/m,
  );
});
