import type { Begin, FaultContext } from "./fault.ts";
import type { TortureNode } from "./torture-network.ts";

/** A full disk is noticed with the next block; a node that gets none is ended otherwise. */
const diskNoticedMsMax = 15_000;
/** How long after its programs a machine's network wakes up. */
const aloneMsMax = 2_000;

/** Takes a node that runs and that no other fault works on. */
async function take({ network, dice, aim }: FaultContext): Promise<TortureNode | undefined> {
  const leader = aim === "leader" ? await network.leader() : undefined;
  const free = network.nodes.filter((node) => node.isRunning && !node.isTaken);
  if (free.length === 0) return undefined;
  const node = leader !== undefined && free.includes(leader) ? leader : dice.pick(free);
  node.isTaken = true;
  return node;
}

function startAgain(node: TortureNode): void {
  node.start();
  node.isTaken = false;
}

/** kill -9. */
export const kill: Begin = async (context) => {
  const node = await take(context);
  if (node === undefined) return undefined;
  await node.kill();
  return { text: node.name, end: async () => startAgain(node) };
};

/** All at once, as when the power fails. */
export const powerCut: Begin = async ({ network }) => {
  if (network.nodes.some((node) => node.isTaken || !node.isRunning)) return undefined;
  for (const node of network.nodes) node.isTaken = true;
  await Promise.all(network.nodes.map((node) => node.kill()));
  return { text: "all", end: async () => network.nodes.forEach(startAgain) };
};

/** An operator's restart. */
export const restart: Begin = async (context) => {
  const node = await take(context);
  if (node === undefined) return undefined;
  const status = await node.stop();
  return { text: `${node.name} (status ${status})`, end: async () => startAgain(node) };
};

/** SIGSTOP and SIGCONT. */
export const pause: Begin = async (context) => {
  const node = await take(context);
  if (node === undefined) return undefined;
  node.pause();
  const end = async (): Promise<void> => {
    node.resume();
    node.isTaken = false;
  };
  return { text: node.name, end };
};

/**
 * The same on a machine whose monotonic clock stands still meanwhile, and whose network is back a little later than its
 * programs: a leader that slept believes for a while that nothing has happened.
 */
export const sleep: Begin = async (context) => {
  const { network, dice } = context;
  const node = await take(context);
  if (node === undefined) return undefined;
  // What is sent to a machine that sleeps does not wait there for its programs.
  const heal = network.wires.disturb(network.around(node.index), { isCut: true });
  node.pause();
  const fromMs = performance.now();
  const aloneMs = dice.between(0, aloneMsMax);
  const end = async (): Promise<void> => {
    node.wake(performance.now() - fromMs);
    await new Promise((done) => setTimeout(done, aloneMs));
    heal();
    node.isTaken = false;
  };
  return { text: `${node.name}, then ${aloneMs} ms alone`, end };
};

function breakDisk(fault: "full" | "unsynced", said: RegExp): Begin {
  return async (context) => {
    const node = await take(context);
    if (node === undefined) return undefined;
    const endedByItself = await node.breakDisk(fault, diskNoticedMsMax);
    const isLoud = endedByItself && said.test(node.lastWords);
    if (endedByItself && !isLoud) {
      context.network.exits.push(
        `${node.name} ended without a reason: ${node.lastWords.slice(-2_000)}`,
      );
    }
    const text = `${node.name} (${isLoud ? "stopped and said why" : "saw no write"})`;
    return { text, end: async () => startAgain(node) };
  };
}

/** No write finds room on the disk any more: the node stops and says so, and starts again when there is room. */
export const diskFull = breakDisk("full", /kith stops: .*(the disk is full|ENOSPC)/);

/** No write can be synced any more. */
export const diskUnsynced = breakDisk("unsynced", /kith stops: .*(writing failed|EIO|IOERR)/);
