import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";

import { Cluster } from "./cluster.ts";
import { request, rootHost, type NodeAddress } from "./http-client.ts";
import { kith, kithDone, makeKey } from "./kith.ts";

let cluster: Cluster;

before(async () => {
  cluster = await Cluster.start(3);
  await makeKey(cluster);
});
after(() => cluster.close());

test("an app that is installed on one node runs on all of them, and an upgrade changes it on all of them", async () => {
  const [first, second, third] = cluster.nodes;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  const said = await install(first, await counter("1.0.0", 5), []);
  assert.match(said, /^ {2}counter may talk to: https:\/\/api\.example\.org$/m);
  await cluster.settled();
  for (const node of cluster.nodes) {
    assert.deepEqual(await json(node, "counter", "/count"), { count: 5 });
    const page = await request(node, "counter", "/");
    assert.match(await page.text(), /1\.0\.0/);
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.match(policy, /; connect-src 'self' https:\/\/api\.example\.org;/);
  }
  await install(second, await counter("1.1.0", 6), []);
  await cluster.settled();
  for (const node of cluster.nodes) {
    assert.deepEqual(await json(node, "counter", "/count"), { count: 6 });
  }
  assert.match(await kithDone(cluster.folder, third, ["list"]), /^counter +1\.1\.0 +counter/m);
});

test("an installation goes on while the leader dies, and what was acknowledged is kept", async () => {
  const leader = await cluster.leader();
  const other = cluster.otherThan(leader);
  const file = await counter("1.2.0", 7);
  const installing = kith(cluster.folder, other, ["install", file]);
  await leader.process.kill();
  const status = await installing.ended();
  // Whether it lived through that or not: a second run ends with the package installed.
  if (status !== 0) await install(other, file, []);
  assert.deepEqual(await json(other, "counter", "/count"), { count: 7 });
  leader.start();
  await cluster.ready();
  await cluster.settled();
});

test("a folder of packages that is published on one node is a registry for all others", async () => {
  const [first, second] = cluster.nodes;
  assert.ok(first !== undefined && second !== undefined);
  const folder = join(cluster.folder, "packages");
  await counter("1.3.0", 8);
  await kithDone(cluster.folder, first, ["index", folder]);
  await kithDone(cluster.folder, first, ["account", "create", "shelf"]);
  await kithDone(cluster.folder, first, ["publish", folder, "--app", "shelf"]);
  await cluster.settled();
  const address = `http://shelf.${rootHost}:${second.port}`;
  await install(second, "counter@^1.0.0", ["--from", address]);
  assert.deepEqual(await json(second, "counter", "/count"), { count: 8 });
});

test("a running network takes a new `sites` from its owner, without a stop", async () => {
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  const folder = join(cluster.folder, "next", "sites");
  cpSync(resolve(import.meta.dirname, "../../apps/sites"), folder, {
    recursive: true,
    filter: (path) => !path.endsWith("node_modules"),
  });
  const uploader = join(folder, "uploader.ts");
  const source = readFileSync(uploader, "utf8");
  writeFileSync(uploader, source.replace("names whose files", "says whose files"));
  writeFileSync(join(folder, "kith.json"), JSON.stringify({ version: "0.2.0" }));
  const file = await packaged(folder);
  const refused = kith(cluster.folder, first, ["install", file]);
  assert.notEqual(await refused.ended(), 0, "anybody could upgrade the system");
  await install(first, file, ["--key", join(first.folder, "owner.pem")]);
  await cluster.settled();
  for (const node of cluster.nodes) {
    const answer = await json(node, "sites", "/files?account=Not-A-Name");
    assert.deepEqual(answer, {
      code: "account-name-invalid",
      message: "`account` says whose files",
    });
    assert.deepEqual(await json(node, "counter", "/count"), { count: 8 });
    assert.equal((await request(node, "counter", "/")).status, 200);
  }
});

function install(node: NodeAddress, file: string, options: readonly string[]): Promise<string> {
  return kithDone(cluster.folder, node, ["install", file, ...options]);
}

async function json(node: NodeAddress, account: string, path: string): Promise<unknown> {
  const reply = await request(node, account, path);
  return reply.json();
}

/** A package of an app that shows what its script has set. */
function counter(version: string, start: number): Promise<string> {
  const folder = join(cluster.folder, "apps", `counter-${version}`);
  const postinstall = [
    { sender: "counter", service: "counter", method: "start", data: { at: start } },
  ];
  const accounts = { counter: { connect: ["https://api.example.org"] } };
  const files = {
    "kith.json": JSON.stringify({ name: "counter", version, accounts, postinstall }),
    "service/index.ts": counterSource,
    "front-end/index.html": `<h1>${version}</h1>`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return packaged(folder);
}

async function packaged(folder: string): Promise<string> {
  const [node] = cluster.nodes;
  assert.ok(node !== undefined);
  const words = ["package", folder, "--out", join(cluster.folder, "packages"), "--json"];
  const out: unknown = JSON.parse(await kithDone(cluster.folder, node, words));
  assert.ok(typeof out === "object" && out !== null && "path" in out);
  return String(out.path);
}

const counterSource = `
import { jsonReply } from "@kith/sdk/reply";
import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { u32, u8 } from "@kith/sdk/types";

const counts = table("counts", { id: u8, count: u32 }, { key: ["id"] });
const start = action({ at: u32 }, nothing, (context, { at }) => {
  context.table(counts).put({ id: 0, count: at });
});
export const counter = service("counter", {
  tables: [counts],
  actions: { start },
  http: (context, { path }) =>
    path === "/count" ? jsonReply({ count: context.table(counts).get({ id: 0 })?.count }) : undefined,
});
`;
