import assert from "node:assert/strict";
import { test } from "node:test";

import { AddressBook } from "./address-book.ts";
import { isLoopback, parseAddress } from "./addresses.ts";
import { addressesOfNodeMax, defaultLimits, knownAddressesMax } from "./limits.ts";
import { testIdentity } from "./test-support.ts";

const self = testIdentity(1).nodeId;
const alice = testIdentity(2).nodeId;
const bob = testIdentity(3).nodeId;

function parsed(text: string): string {
  const address = parseAddress(text);
  return address.ok ? address.value : address.error.code;
}

function bookOf(takesLoopback = true): AddressBook {
  return new AddressBook({ self, limits: defaultLimits, takesLoopback, random: () => 1 });
}

const urlsOf = (book: AddressBook): string[] => book.due(1e9).map(({ url }) => url);

test("only web socket addresses without secrets are addresses", () => {
  assert.equal(parsed("ws://127.0.0.1:8080/p2p"), "ws://127.0.0.1:8080/p2p");
  assert.equal(parsed("WSS://Example.org:443/p2p"), "wss://example.org/p2p");
  assert.equal(parsed("http://example.org/p2p"), "address-scheme");
  assert.equal(parsed("file:///etc/passwd"), "address-scheme");
  assert.equal(parsed("ws://user:word@example.org/"), "address-malformed");
  assert.equal(parsed("ws://example.org/#x"), "address-malformed");
  assert.equal(parsed("ws://"), "address-malformed");
  assert.equal(parsed("nonsense"), "address-malformed");
  assert.equal(parsed(`ws://example.org/${"x".repeat(300)}`), "address-too-long");
});

test("addresses of this machine are known", () => {
  for (const url of [
    "ws://127.0.0.1/",
    "ws://localhost/",
    "ws://kith.localhost:1/",
    "ws://[::1]/",
  ]) {
    assert.ok(isLoopback(url), url);
  }
  assert.ok(!isLoopback("ws://192.168.1.1/") && !isLoopback("ws://localhost.example.org/"));
});

test("an address of this machine is taken from others only by a node that is reached there itself", () => {
  const address = { node: alice, url: "ws://127.0.0.1:1/p2p" };
  assert.equal(bookOf(false).learn(address, alice), false);
  assert.equal(bookOf(true).learn(address, alice), true);
});

test("what a node says of itself is news, hearsay is only tried", () => {
  const book = bookOf();
  assert.equal(book.learn({ node: alice, url: "ws://a.example/" }, alice), true);
  assert.equal(book.learn({ node: alice, url: "ws://a.example/" }, alice), false);
  assert.equal(book.learn({ node: bob, url: "ws://b.example/" }, alice), false);
  assert.deepEqual(urlsOf(book), ["ws://a.example/", "ws://b.example/"]);
  assert.deepEqual(book.certain(), [{ node: alice, url: "ws://a.example/" }]);
  assert.equal(book.prove("ws://b.example/", bob), true);
  assert.equal(book.certain().length, 2);
});

test("nobody can announce away what was proven or configured", () => {
  const book = bookOf();
  book.configure("ws://c.example/");
  book.learn({ node: alice, url: "ws://a.example/" }, alice);
  book.prove("ws://a.example/", alice);
  assert.equal(book.learn({ node: bob, url: "ws://a.example/" }, bob), false);
  assert.equal(book.learn({ node: bob, url: "ws://c.example/" }, bob), false);
  assert.deepEqual(book.certain(), [{ node: alice, url: "ws://a.example/" }]);
});

test("this node does not dial itself", () => {
  const book = bookOf();
  assert.equal(book.learn({ node: self, url: "ws://self.example/" }, alice), false);
  book.configure("ws://also-self.example/");
  book.forgetSelf("ws://also-self.example/");
  assert.deepEqual(urlsOf(book), []);
});

test("waits double up to the longest and start anew after a good link; hints are given up", () => {
  const book = bookOf();
  book.configure("ws://c.example/");
  book.learn({ node: bob, url: "ws://hint.example/" }, alice);
  const waitsMs = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(() => {
    book.ended("ws://c.example/", false, 0);
    book.ended("ws://hint.example/", false, 0);
    return book.due(1e9).find(({ url }) => url === "ws://c.example/")?.nextDialMs;
  });
  assert.deepEqual(waitsMs, [400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000, 15_000]);
  book.ended("ws://c.example/", true, 0);
  assert.deepEqual(
    book.due(1e9).map(({ url, nextDialMs }) => [url, nextDialMs]),
    [["ws://c.example/", 200]],
  );
});

test("hearsay cannot fill the book or push out what is proven", () => {
  const book = bookOf();
  for (let i = 0; i < 20; i++) book.learn({ node: alice, url: `ws://a${i}.example/` }, bob);
  assert.equal(urlsOf(book).length, addressesOfNodeMax);
  for (let i = 0; i < knownAddressesMax + 50; i++) {
    const { nodeId } = testIdentity((i % 200) + 10);
    book.learn({ node: nodeId, url: `ws://n${i}.example/` }, bob);
  }
  assert.ok(urlsOf(book).length <= knownAddressesMax);
  book.learn({ node: bob, url: "ws://b.example/" }, bob);
  book.prove("ws://b.example/", bob);
  for (let i = 0; i < 20; i++) book.learn({ node: bob, url: `ws://more${i}.example/` }, alice);
  assert.ok(urlsOf(book).includes("ws://b.example/"));
});
