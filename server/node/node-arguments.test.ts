import assert from "node:assert/strict";
import { test } from "node:test";

import {
  freeNameCharsDefault,
  linkUrlOf,
  nodeUsage,
  parseNodeArguments,
} from "./node-arguments.ts";

const chainId = "00000001".padEnd(64, "a");

test("without words, a node of its own on port 8080 of this machine", () => {
  assert.deepEqual(parseNodeArguments([], {}), {
    ok: true,
    value: {
      dataFolder: ".kith/node",
      hostname: "127.0.0.1",
      port: 8080,
      rootHost: "kith.localhost",
      join: undefined,
      chainId: undefined,
      peers: [],
      publicUrl: undefined,
      keepBlocks: undefined,
      queryProcesses: undefined,
      queryMs: 2_000,
      trustFolder: false,
      freeNameCharsMin: freeNameCharsDefault,
      eventsKeep: undefined,
    },
  });
});

test("every option is read, in both ways of writing it", () => {
  const words =
    `--data /d --listen 0.0.0.0 --port=9000 --root-host Our.Example --join http://a:8080 ` +
    `--chain ${chainId} --peers ws://a:1/p2p,wss://b/p2p, --public-url=ws://c:2/p2p --keep-blocks 256 ` +
    `--query-processes 0 --query-ms=500 --events-keep 30d --trust-folder --free-names 3`;
  assert.deepEqual(parseNodeArguments(words.split(" "), {}), {
    ok: true,
    value: {
      dataFolder: "/d",
      hostname: "0.0.0.0",
      port: 9000,
      rootHost: "our.example",
      join: "http://a:8080",
      chainId,
      peers: ["ws://a:1/p2p", "wss://b/p2p"],
      publicUrl: "ws://c:2/p2p",
      keepBlocks: 256,
      queryProcesses: 0,
      queryMs: 500,
      trustFolder: true,
      freeNameCharsMin: 3,
      eventsKeep: { ageSeconds: 2_592_000, services: new Map() },
    },
  });
});

test("the environment gives what the words do not", () => {
  const environment = {
    KITH_PORT: "9001",
    KITH_ROOT_HOST: "ours.example",
    KITH_KEEP_BLOCKS: "999",
  };
  const parsed = parseNodeArguments(["--port", "9002"], environment);
  assert.ok(parsed.ok);
  assert.equal(parsed.value.port, 9002);
  assert.equal(parsed.value.rootHost, "ours.example");
  assert.equal(parsed.value.keepBlocks, 999);
});

test("help is what was asked for, so it ends with status 0", () => {
  for (const word of ["--help", "-h"]) {
    assert.deepEqual(parseNodeArguments([word], {}), {
      ok: false,
      error: { exitStatus: 0, text: nodeUsage },
    });
  }
});

const wrong: readonly (readonly [words: string, message: RegExp])[] = [
  ["--frobnicate", /^Unknown option '--frobnicate'/],
  ["-x", /^Unknown option '-x'/],
  ["somewhere", /^Unexpected argument 'somewhere'/],
  ["--port", /--port/],
  ["--port --data /d", /--port/],
  ["--help=yes", /--help/],
  ["--port eighty", /^--port takes a whole number from 1 to 65535, not "eighty"/],
  ["--port 0", /^--port takes .*, not "0"/],
  ["--port 65536", /^--port takes .*, not "65536"/],
  ["--port 0x50", /^--port takes .*, not "0x50"/],
  ["--port 80.5", /^--port takes .*, not "80\.5"/],
  ["--port=", /^--port takes .*, not ""/],
  ["--data=", /^--data takes a folder/],
  ["--listen=", /^--listen takes an address/],
  ["--root-host=", /^--root-host takes a host name/],
  ["--root-host http://a", /^--root-host takes a host name .*, not "http:\/\/a"/],
  ["--root-host -a.example", /--root-host/],
  ["--root-host=-a.example", /^--root-host takes a host name/],
  [`--root-host ${"a".repeat(254)}`, /^--root-host takes a host name/],
  ["--join kith.localhost:8080", /^--join takes an HTTP address such as http/],
  ["--join ws://a/p2p", /^--join takes an HTTP address/],
  ["--chain abc", /^--chain takes the id of a network, 64 hexadecimal digits, not "abc"/],
  ["--peers http://a:8080", /^--peers takes link addresses/],
  ["--peers ws://a/p2p,b", /^--peers takes link addresses/],
  ["--public-url a:8080", /^--public-url takes a link address/],
  ["--keep-blocks 255", /^--keep-blocks takes a whole number from 256, not "255"/],
  ["--query-processes -1", /--query-processes/],
  ["--query-processes 257", /^--query-processes takes a whole number up to 256, not "257"/],
  ["--query-ms 9", /^--query-ms takes a whole number from 10 to 600000, not "9"/],
  ["--query-ms 600001", /^--query-ms takes .*, not "600001"/],
  ["--keep-blocks all", /^--keep-blocks takes a whole number from 256/],
];

for (const [words, message] of wrong) {
  test(`"${words.slice(0, 60)}" is refused with status 2, the reason and the usage`, () => {
    const parsed = parseNodeArguments(words.split(" "), {});
    assert.ok(!parsed.ok);
    assert.equal(parsed.error.exitStatus, 2);
    assert.match(parsed.error.text, message);
    assert.ok(parsed.error.text.endsWith(nodeUsage));
  });
}

test("a wrong value from the environment is refused under its name there", () => {
  const parsed = parseNodeArguments([], { KITH_PORT: "http" });
  assert.ok(!parsed.ok);
  assert.match(parsed.error.text, /^KITH_PORT takes a whole number from 1 to 65535, not "http"/);
});

test("links go to the port of the HTTP address; names under localhost are this machine", () => {
  assert.equal(linkUrlOf("http://kith.localhost:8081"), "ws://127.0.0.1:8081/p2p");
  assert.equal(linkUrlOf("https://kith.example/some/page"), "wss://kith.example/p2p");
});
