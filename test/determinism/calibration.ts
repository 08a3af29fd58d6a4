/**
 * How fast this machine is at the moment: processor time of a loop over numbers, the quickest of several. Limits in
 * milliseconds are for a machine on which it takes `referenceMs`.
 */
const rounds = 5;
const turns = 5_000_000;
const referenceMs = 6;

/** How much slower than the reference machine this one is; at least 1. */
export function slowness(): number {
  let quickest = Infinity;
  for (let round = 0; round < rounds; round++) {
    const milliseconds = processorMs(mix);
    quickest = Math.min(quickest, milliseconds);
  }
  return Math.max(1, quickest / referenceMs);
}

/** Processor time of this process, which others on the machine do not add to. */
function processorMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

let sink = 0;

function mix(): void {
  let value = sink;
  for (let i = 0; i < turns; i++) value = (Math.imul(value ^ i, 0x9e37_79b1) >>> 7) + i;
  sink = value;
}
