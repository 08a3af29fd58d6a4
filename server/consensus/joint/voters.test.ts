import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus } from "@kith/protocol/block";
import { brandAccountName, nodeIdOf, type NodeId } from "@kith/protocol/ids";

import { quorumOfVoters, reachedByVoters, votersOf, votersResult } from "./voters.ts";

function nodeOf(letter: string): NodeId {
  return nodeIdOf(letter.repeat(64));
}

function consensusOf(letters: string): Consensus {
  const producers = letters.split("").map((letter) => ({
    account: brandAccountName(letter),
    node: nodeOf(letter),
  }));
  return { algorithm: "cft", producers };
}

const joint = votersOf({ current: consensusOf("abc"), next: consensusOf("adef0") });

function among(letters: string): (node: NodeId) => boolean {
  return (node) => letters.includes(node.slice(0, 1));
}

function refusedBy(letters: string): (node: NodeId) => false | undefined {
  return (node) => (among(letters)(node) ? false : undefined);
}

test("each set of a change decides by itself, never their union", () => {
  assert.equal(joint.nodes.length, 7);
  assert.equal(quorumOfVoters(joint, among("adef0")), false);
  assert.equal(quorumOfVoters(joint, among("abc")), false);
  assert.equal(quorumOfVoters(joint, among("bcdef")), true);
  assert.equal(quorumOfVoters(joint, among("abde")), true);
});

test("an election is lost as soon as one set refuses", () => {
  assert.equal(votersResult(joint, refusedBy("bc")), "lost");
  assert.equal(votersResult(joint, refusedBy("bde")), "pending");
});

test("what is reached is the lower of what both sets reach", () => {
  const heights: Readonly<Record<string, number>> = { a: 9, b: 4, c: 2, d: 8, e: 7, f: 1, "0": 1 };
  assert.equal(
    reachedByVoters(joint, (node) => heights[node.slice(0, 1)] ?? 0),
    4,
  );
});
