/** A process of its own that the tests of this folder start: it has a query that does not end, and waits to be killed. */
import { childPids, QueryWorld } from "./world.ts";

const world = await QueryWorld.open({ after: () => undefined }, { queryMs: 60_000 });
await world.ask("/value/a");
void world.ask("/loop");
setTimeout(() => process.stdout.write(`${childPids().join(" ")}\n`), 300);
