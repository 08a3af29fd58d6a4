import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

test("whoever asks for what follows a final block that is not here is asked for it", () => {
  const puppets = new Puppets();
  const { cluster, genesis } = puppets;
  cluster.add("stranger");
  const final = { ...placeOfBlock(genesis), num: blockNumOf(5) };
  puppets.tell("stranger", { kind: "chain-request", final, head: final });
  cluster.pass("a", 200);
  const letters = cluster.queue("a");
  assert.ok(
    letters.some(({ to, message }) => to === "stranger" && message.kind === "chain-request"),
  );
});
