import assert from "node:assert/strict";
import { after, before } from "node:test";

import { toHex } from "@kith/protocol/hashes";
import { accountNameConstant } from "@kith/protocol/names";
import type { Result } from "@kith/protocol/result";
import type { Answered, ReadError, Verified } from "@kith/sdk/reads";
import type { Page } from "playwright-core";
import { z } from "zod";

import { Cluster, settleMs } from "../cluster.ts";
import { request, type NodeAddress } from "../http-client.ts";
import { liesOf } from "../light-lies.ts";
import { LyingProxy } from "../lying-proxy.ts";
import { patiently } from "../patiently.ts";
import { until } from "../until.ts";
import { notes } from "./apps/notebook/interface.ts";
import type { PageTools } from "./apps/page-tools.ts";
import { browserTests } from "./browser-tests.ts";
import { installApps } from "./install-apps.ts";
import type { Person } from "./person.ts";
import { answer, beginAs, connected, inPage } from "./supervisor-page.ts";

/** Pages whose node lies or dies. They share a network, of which less is left behind the last test. */

const test = browserTests();
let cluster: Cluster;
let liar: LyingProxy;

before(async () => {
  cluster = await Cluster.start(3);
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  liar = await LyingProxy.open(first);
  await installApps(cluster, ["notebook", "visitor"]);
});
after(async () => {
  await liar.close();
  await cluster.close();
});

/** Writes, and says where that became final. */
async function written<Done>(
  page: Page,
  run: (tools: PageTools) => Promise<Result<Done, unknown>>,
) {
  const outcome = await inPage(page, run);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
}

async function objectAt(path: string): Promise<Readonly<Record<string, unknown>>> {
  const answered = await patiently(liar.node, encodeURI(path));
  const json: unknown = await answered.json();
  assert.equal(answered.status, 200, JSON.stringify(json));
  assert.ok(typeof json === "object" && json !== null);
  return { ...json };
}

async function signedIn(person: Person, node: NodeAddress, account: string): Promise<Page> {
  const page = await connected(await person.open(node, "notebook"));
  const signing = inPage(page, (tools) => tools.accounts.signIn({}));
  await beginAs(page, account);
  const signed = await signing;
  assert.ok(signed.ok, JSON.stringify(signed));
  return page;
}

/** Asks again while the network has no leader that could prove something. */
function patient<T>(read: () => Promise<Result<T, ReadError>>): Promise<Result<T, ReadError>> {
  return until("an answer", settleMs, async () => {
    const given = await read();
    const isLater = !given.ok && given.error.code === "refused" && given.error.status === 503;
    return isLater ? undefined : given;
  });
}

const verifiedNote = (page: Page, wanted = 1) =>
  patient(() =>
    inPage(
      page,
      (tools, id) => tools.kith.reads.row({ ...tools.noteOf(id), verify: true }),
      wanted,
    ),
  );
const answeredNote = (page: Page) => inPage(page, (tools) => tools.kith.reads.row(tools.noteOf(1)));
const verifiedHead = (page: Page) =>
  patient(() => inPage(page, (tools) => tools.kith.reads.head({ verify: true })));
const answeredHead = (page: Page) => inPage(page, (tools) => tools.kith.reads.head());

function codeOf(read: { readonly ok: true } | { readonly ok: false; readonly error: ReadError }) {
  return read.ok ? "proved" : read.error.code;
}

const note = { id: 1, by: accountNameConstant("anna"), text: "true" };
const forged = { ...note, text: "false" };
/** The types keep apart what is proved and what is not. */
// @ts-expect-error -- answered is not verified
export const believe = (read: Answered<string>): Verified<string> => read;
const rowPath = "/common/proof/row";

test("what is verified is what producers signed for; what is answered is whatever the node says", async (visit) => {
  visit.problems.allow("console", /status of 503/);
  const page = await signedIn(await visit.person(), liar, "anna");
  await written(page, (tools) => tools.notebook.actions.write({ text: "true" }));
  const old = await objectAt(`${rowPath}?service=notebook&table=notes&key={"id":1}&certified=true`);
  const other = await written(page, (tools) => tools.notebook.actions.write({ text: "other" }));

  const proved = await verifiedNote(page);
  assert.ok(proved.ok, JSON.stringify(proved));
  assert.equal(proved.value.trust, "verified");
  assert.deepEqual(proved.value.value, note);
  const newest = await verifiedNote(page, 2);
  assert.ok(newest.ok, JSON.stringify(newest));
  assert.equal(newest.value.value?.text, "other");
  assert.ok(newest.value.block >= other.blockNum, "what was just written is proved at once");
  const head = await verifiedHead(page);
  assert.ok(head.ok, JSON.stringify(head));
  assert.ok(head.value.block > newest.value.block, "a header is behind the state that it names");
  const none = await verifiedNote(page, 999);
  assert.ok(none.ok && none.value.value === undefined, "that there is no row is proved, too");

  liar.lie(rowPath, (told) => ({ ...told, row: toHex(notes.row.pack(forged)) }));
  const believed = { ok: true, value: { trust: "answered", value: forged } };
  assert.deepEqual(await answeredNote(page), believed);
  assert.equal(codeOf(await verifiedNote(page)), "not-proved");

  liar.lie(rowPath, (told) => ({ ...told, row: null }));
  const nothing = { ok: true, value: { trust: "answered", value: undefined } };
  assert.deepEqual(await answeredNote(page), nothing);
  assert.equal(codeOf(await verifiedNote(page)), "not-proved");

  // Under a header that the page does not know yet.
  liar.beHonest();
  await written(page, (tools) => tools.notebook.actions.write({ text: "third" }));
  const lies = liesOf({ row: old, otherEvent: {} });
  for (const name of ["a forged signature", "nobody signed", "everything as it was"]) {
    const lie = lies[name];
    assert.ok(lie !== undefined);
    liar.lie(rowPath, lie.alter);
    const read = await verifiedNote(page, 3);
    assert.match(codeOf(read), lie.code, name);
    assert.ok(liar.lies > 0, `nobody was told: ${name}`);
  }

  const otherId = "f".repeat(64);
  liar.lie("/common/head", (told) => ({ ...told, id: otherId }));
  const invented = { ok: true, value: { trust: "answered", value: otherId } };
  assert.deepEqual(await answeredHead(page), invented);
  liar.lie("/common/light/header", () => old);
  assert.equal(codeOf(await verifiedHead(page)), "light-header-stale");

  liar.beHonest();
  assert.deepEqual((await verifiedNote(page)).ok, true, "a lie does not spoil what comes after it");
});

async function newestId(node: NodeAddress): Promise<number> {
  const answered = await request(node, "notebook", "/query/recent?limit=1");
  const [newest] = z.array(z.object({ id: z.number() })).parse(await answered.json());
  return newest?.id ?? 0;
}

/** Four writers in one page, until it is marked; each write has a text of its own. */
const writeUntilMarked = (page: Page) =>
  inPage(page, async (tools) => {
    const writer = async (name: string) => {
      const writes = [];
      while (performance.getEntriesByName("enough").length === 0 && writes.length < 500) {
        const text: string = `${name}${writes.length}`;
        const startedAt = Date.now();
        const outcome = await tools.notebook.actions.write({ text });
        writes.push({ text, startedAt, endedAt: Date.now(), outcome });
      }
      return writes;
    };
    return (await Promise.all(["a", "b", "c", "d"].map(writer))).flat();
  });

test("a node that hears everything and says nothing is passed over", async (visit) => {
  const leader = await cluster.leader();
  const silent = cluster.nodes.find((node) => node !== leader);
  assert.ok(silent !== undefined);
  const page = await signedIn(await visit.person(), silent, "clara");
  await written(page, (tools) => tools.notebook.actions.write({ text: "heard" }));
  silent.process.signal("SIGSTOP");
  try {
    await written(page, (tools) => tools.notebook.actions.write({ text: "past it" }));
  } finally {
    silent.process.signal("SIGCONT");
  }
});

test("a page goes on through another node when its own is killed, and what was under way is done once", async (visit) => {
  visit.problems.allowSilence();
  visit.problems.allowBrokenInstallation();
  const gone = await cluster.leader();
  const person = await visit.person();
  const page = await signedIn(person, gone, "berta");
  const other = await connected(await person.open(gone, "visitor"));
  assert.ok((await inPage(other, (tools) => tools.accounts.signIn({}))).ok);

  const idFirst = await newestId(gone);
  const writing = writeUntilMarked(page);
  await until("the page writes", settleMs, async () => (await newestId(gone)) > idFirst + 8);
  const idBefore = await newestId(gone);
  const killedAt = Date.now();
  await gone.process.kill();
  const near = await cluster.leader();
  await until(
    "the page's writes go on",
    settleMs,
    async () => (await newestId(near)) > idBefore + 8,
  );
  await page.evaluate(() => performance.mark("enough"));
  const writes = await writing;
  const [last] = writes.toReversed();
  assert.ok(last !== undefined);
  await page.getByText(`berta: ${last.text}`, { exact: true }).waitFor();
  await until("nothing waits any more", settleMs, () =>
    inPage(page, (tools) => tools.kith.writes.every(({ state }) => state === "final")),
  );

  assert.ok(writes.some(({ startedAt, endedAt }) => startedAt < killedAt && endedAt > killedAt));
  const all = await inPage(page, (tools) => tools.notebook.queries.recent({ limit: 1000 }));
  assert.ok(all.ok);
  const idsOf = (wanted: string) =>
    all.value.flatMap(({ id, text }) => (text === wanted ? [id] : []));
  for (const { text, outcome } of writes) {
    const ids = idsOf(text);
    assert.equal(ids.length, 1, `${text} is there ${ids.length} times`);
    if (outcome.ok) assert.deepEqual(ids, [outcome.value.value]);
    else assert.equal(outcome.error.code, "queued", JSON.stringify(outcome.error));
  }

  // What asks the user was served by the node that is gone.
  const adding = inPage(other, (tools) => tools.plugin.add({ text: "for you" }));
  await answer(other, "Allow");
  const added = await adding;
  assert.ok(added.ok, JSON.stringify(added));
  await page.getByText("berta: for you").waitFor();
});
