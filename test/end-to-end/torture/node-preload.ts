/**
 * Runs before a node under test (`bun --preload`), whose own code knows nothing of it: shifts its clocks, breaks its
 * disk, leads what it dials through the test's proxies, and takes a rule out of it where the test shall fail.
 */
import { mutantNamed } from "../../simulator/mutants.ts";
import { mutate } from "../../simulator/mutate.ts";
import { breakDisk } from "./break-disk.ts";
import { controlSlots, diskAnswers, diskFaultNumbers } from "./control-file.ts";
import { tortureVariable, type Torture } from "./torture-variable.ts";

const diskLookMs = 20;

// The test that starts this process has written it.
const { control, ports, mutant }: Torture = JSON.parse(process.env[tortureVariable] ?? "{}");
if (mutant !== undefined) mutate(mutantNamed(mutant));
const mapped = Bun.mmap(control);
const numbers = new Float64Array(mapped.buffer, mapped.byteOffset, mapped.byteLength / 8);

function told(slot: keyof typeof controlSlots): number {
  return numbers[controlSlots[slot]] ?? 0;
}

const trueWallMs = Date.now.bind(Date);
const trueMonotonicMs = performance.now.bind(performance);
Date.now = () => trueWallMs() + told("wallShiftMs");
performance.now = () => trueMonotonicMs() + told("monotonicShiftMs");

const looking = setInterval(() => {
  const wanted = told("diskFault");
  if (wanted === diskFaultNumbers.none) return;
  clearInterval(looking);
  const done = breakDisk(wanted === diskFaultNumbers.full ? "full" : "unsynced");
  numbers[controlSlots.diskAnswer] = done ? diskAnswers.inForce : diskAnswers.impossible;
}, diskLookMs);
looking.unref();

globalThis.WebSocket = class extends WebSocket {
  constructor(address: string | URL) {
    const url = new URL(address);
    const port = ports[url.port];
    if (port !== undefined) url.port = `${port}`;
    super(url);
  }
};
