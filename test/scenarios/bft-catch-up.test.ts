import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

test("what is final can still be shown when the term is over in which it was voted for", () => {
  const puppets = new Puppets();
  puppets.begin(3);
  const block = puppets.makeFinal(puppets.genesis, 3);
  puppets.effects();
  for (const name of ["b", "c"]) {
    puppets.tell(name, { kind: "view-change", view: puppets.view(name, 4) });
  }
  assert.equal(puppets.a.state.term, 4);
  const shown = puppets
    .effects()
    .flatMap((effect) => (effect.kind === "certificate" ? [effect.certificate.id] : []));
  assert.deepEqual(shown, [block.id]);
});

test("blocks before a root that have left memory are read by the driver, whether or not they are certified", () => {
  const puppets = new Puppets(undefined, { recentBlocks: 2 });
  const { genesis } = puppets;
  puppets.begin(3);
  let block = genesis;
  for (let count = 0; count < 6; count += 1) block = puppets.makeFinal(block, 3);
  const prepared = puppets.certificate("prepared", block, 3);
  const views = [puppets.view("b", 5, prepared), puppets.view("c", 5), puppets.view("d", 5)];
  puppets.tell("b", puppets.newView(prepared, views));
  puppets.effects();
  const place = placeOfBlock(genesis);
  puppets.tell("c", { kind: "chain-request", final: place, head: place });
  const answers = puppets.effects().filter(({ kind }) => kind === "send-chain");
  const to = puppets.pen("c").node;
  assert.deepEqual(answers, [{ kind: "send-chain", to, after: place, proved: blockNumOf(7) }]);
});

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
