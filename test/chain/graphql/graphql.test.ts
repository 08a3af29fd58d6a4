import assert from "node:assert/strict";
import { test } from "node:test";

import { act } from "../changes/listening.ts";
import { GraphqlWorld } from "./world.ts";

for (const processes of [0, 1]) {
  const where = processes === 0 ? "in the node's own thread" : "in a process";

  test(`GraphQL sees rows and events of the newest block, ${where}`, async (context) => {
    const world = await GraphqlWorld.open(context, processes);
    const query = `{
      block { num }
      posts(author: "owner", reverse: true, first: 1) { nodes { number text } }
      postedEvents(last: 1) { nodes { block position data { number text } } }
    }`;
    for (let number = 1; number <= 20; number++) {
      const text = `text ${number}`;
      const num = world.block(act("post", { number, topic: "tea", text }));
      assert.deepEqual(await world.ask(query), {
        block: { num },
        posts: { nodes: [{ number, text }] },
        postedEvents: { nodes: [{ block: num, position: 0, data: { number, text } }] },
      });
    }
  });

  test(`events are found by their index and paged through, ${where}`, async (context) => {
    const world = await GraphqlWorld.open(context, processes);
    world.block(act("emitMany", { count: 30 }), act("emitMany", { count: 30 }));
    assert.deepEqual(await world.ask("{ postedEvents(number: 7) { nodes { position } } }"), {
      postedEvents: { nodes: [{ position: 7 }, { position: 37 }] },
    });
    const positions: number[] = [];
    for (let after = "null"; after !== "";) {
      const query = `{ postedEvents(first: 25, after: ${after}) {
        nodes { position } pageInfo { hasNextPage endCursor }
      } }`;
      const { postedEvents } = (await world.ask(query)) as {
        postedEvents: {
          nodes: { position: number }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      };
      positions.push(...postedEvents.nodes.map(({ position }) => position));
      const { hasNextPage, endCursor } = postedEvents.pageInfo;
      after = hasNextPage ? `"${endCursor}"` : "";
    }
    assert.deepEqual(
      positions,
      Array.from({ length: 60 }, (_, at) => at),
    );
  });
}

test("an answer is kept until a block touches what it was made from", async (context) => {
  const world = await GraphqlWorld.open(context, 0);
  const query = `{ postsByTopic(topic: "tea") { nodes { number } } }`;
  const cachedBy = async (): Promise<boolean> => {
    const before = world.queries.metrics().cached;
    await world.ask(query);
    return world.queries.metrics().cached > before;
  };
  // What blocks touch is known from the first one on.
  world.block(act("count", { id: 1, count: 0 }));
  assert.equal(await cachedBy(), false);
  assert.equal(await cachedBy(), true);
  world.block(act("count", { id: 1, count: 1 }));
  assert.equal(await cachedBy(), true);
  world.block(act("post", { number: 1, topic: "tea", text: "" }));
  assert.equal(await cachedBy(), false);
});

test("a page depends on its own stretch of an index, and not on the whole table", async (context) => {
  const world = await GraphqlWorld.open(context, 1);
  for (let number = 1; number <= 5; number++) {
    world.block(act("post", { number, topic: number === 3 ? "milk" : "tea", text: "" }));
  }
  const { reads } = await world.answer(
    `{ postsByTopic(topic: "tea", first: 2) { nodes { text } } }`,
  );
  const ofFeed = reads.filter(({ service }) => service === "feed");
  const ranges = ofFeed.filter(({ key }) => key === undefined);
  assert.equal(ranges.length, 1);
  assert.ok(ranges.every(({ from, to }) => from !== undefined && to !== undefined));
  assert.equal(ofFeed.filter(({ key }) => key !== undefined).length, 2);
});

test("what a service answers itself is not GraphQL's, and the rest is", async (context) => {
  const world = await GraphqlWorld.open(context, 0);
  assert.deepEqual(await world.ask("{ countsByKey(id: 1) { count } }"), { countsByKey: null });
  world.block(act("count", { id: 1, count: 4 }), act("draft", { id: 1 }));
  assert.deepEqual(await world.ask("{ countsByKey(id: 1) { count } }"), {
    countsByKey: { count: 4 },
  });
  await assert.rejects(world.ask("{ drafts { nodes { id } } }"), /Cannot query field/);
});
