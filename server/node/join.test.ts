import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { after, test } from "node:test";

import { blockBytesMax } from "@kith/protocol/limits";
import { testBlocks } from "@kith/replica/test-support";

import { fetchGenesis, fetchRoster, joinMessage, type JoinError } from "./join.ts";

const [genesis] = testBlocks({ count: 1 });
assert.ok(genesis !== undefined);

const servers: (() => void)[] = [];
after(() => servers.forEach((stop) => stop()));

/** A node that answers like this; gives its address. */
function nodeThat(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      assert.ok(typeof address === "object" && address !== null);
      done(`http://kith.localhost:${address.port}`);
    });
  });
}

async function refusal(url: string, chainId?: string): Promise<JoinError> {
  const fetched = await fetchGenesis(url, chainId);
  assert.ok(!fetched.ok);
  return fetched.error;
}

test("the genesis block is asked of the node by its own host name", async () => {
  const asked: string[] = [];
  const url = await nodeThat((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`);
    response.end(genesis.bytes);
  });
  assert.deepEqual(await fetchGenesis(`${url}/a/page`, undefined), { ok: true, value: genesis });
  assert.deepEqual(asked, [`${url.slice("http://".length)} /common/genesis`]);
});

test("with an id of the network, only its genesis block is taken", async () => {
  const url = await nodeThat((_, response) => response.end(genesis.bytes));
  assert.ok((await fetchGenesis(url, genesis.id)).ok);
  const expected = "0".repeat(64);
  const error = await refusal(url, expected);
  assert.deepEqual(error, { code: "join-other-network", expected, found: genesis.id });
  assert.match(joinMessage(error), new RegExp(`network ${genesis.id}, not to ${expected}`));
});

test("an address that is none is refused", async () => {
  const error = await refusal("kith");
  assert.equal(error.code, "join-url-invalid");
  assert.match(joinMessage(error), /http:\/\/kith\.localhost:8080, not kith$/);
});

test("a node that does not answer is told from one that answers wrongly", async () => {
  const url = await nodeThat((request) => request.socket.destroy());
  const error = await refusal(url);
  assert.equal(error.code, "join-unreachable");
  assert.match(joinMessage(error), /^no node answers at .*; is it running\?$/);
});

test("an answer that is no genesis block is refused with its reason", async () => {
  const absent = await nodeThat((_, response) => response.writeHead(404).end("no"));
  assert.deepEqual(await refusal(absent), {
    code: "join-answer-invalid",
    url: absent,
    reason: "status 404",
  });
  const page = await nodeThat((_, response) => response.end("<html>"));
  const error = await refusal(page);
  assert.equal(error.code, "join-answer-invalid");
  assert.match(joinMessage(error), /is not what a node of Kith answers/);
});

test("a later block of a network is not where it begins", async () => {
  const second = testBlocks({ count: 2 }).at(-1);
  const url = await nodeThat((_, response) => response.end(second?.bytes));
  const error = await refusal(url);
  assert.ok(error.code === "join-answer-invalid");
  assert.equal(error.reason, "block 2");
});

test("an endless answer is cut off at the size of a block", async () => {
  let sent = 0;
  const url = await nodeThat((_, response) => {
    const piece = new Uint8Array(256 * 1024);
    const more = (): void => {
      if (response.destroyed || sent > 64 * blockBytesMax) return;
      sent += piece.length;
      response.write(piece, () => setImmediate(more));
    };
    more();
  });
  const error = await refusal(url);
  assert.ok(error.code === "join-answer-invalid");
  assert.match(error.reason, /more than \d+ bytes/);
  assert.ok(sent < 16 * blockBytesMax, `${sent} bytes were taken`);
});

test("the producers of today are asked of the node, and nothing else is taken for them", async () => {
  const roster = { headNum: 9, producers: ["11".repeat(32)] };
  const url = await nodeThat((request, response) => {
    response.end(request.url === "/common/producers" ? JSON.stringify(roster) : "no");
  });
  assert.deepEqual(await fetchRoster(url), { ok: true, value: roster });
  const other = await nodeThat((_, response) => response.end("<html>"));
  const refused = await fetchRoster(other);
  assert.ok(!refused.ok && refused.error.code === "join-answer-invalid");
});
