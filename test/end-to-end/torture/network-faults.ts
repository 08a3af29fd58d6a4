import type { Dice } from "../../simulator/dice.ts";
import type { Begin, FaultContext } from "./fault.ts";
import { allDirections } from "./torture-network.ts";
import type { Condition, Direction } from "./wires.ts";

/** How often both ends of a connection see that it is cut; otherwise they hear nothing more. */
const resetShare = 0.4;

type Drawn = { readonly text: string; readonly directions: readonly Direction[] };

async function drawNode({ network, dice, aim }: FaultContext): Promise<number> {
  const leader = aim === "leader" ? await network.leader() : undefined;
  return leader?.index ?? dice.below(network.nodes.length);
}

function partition(draw: (context: FaultContext) => Promise<Drawn>): Begin {
  return async (context) => {
    const { network, dice } = context;
    const { text, directions } = await draw(context);
    const heal = network.wires.disturb(directions, { isCut: true });
    const isSeen = dice.chance(resetShare);
    if (isSeen) network.reset(directions);
    return { text: `${text}${isSeen ? ", with resets" : ""}`, end: async () => heal() };
  };
}

/** Nobody hears the node, and it hears nobody. */
export const isolate = partition(async (context) => {
  const one = await drawNode(context);
  return { text: nameOf(one), directions: context.network.around(one) };
});

/** The node is heard and hears nobody. */
export const deaf = partition(async (context) => {
  const one = await drawNode(context);
  const all = allDirections(context.network.nodes.length);
  return { text: nameOf(one), directions: all.filter(({ to }) => to === one) };
});

/** The node hears everybody and is not heard. */
export const mute = partition(async (context) => {
  const one = await drawNode(context);
  const all = allDirections(context.network.nodes.length);
  return { text: nameOf(one), directions: all.filter(({ from }) => from === one) };
});

/** Two groups that hear nothing of each other. */
export const split = partition(async ({ network, dice }) => {
  const count = network.nodes.length;
  const isLeft = drawGroup(dice, count);
  const all = allDirections(count);
  const directions = all.filter(({ from, to }) => isLeft[from] !== isLeft[to]);
  const left = isLeft.flatMap((is, index) => (is ? [nameOf(index)] : []));
  return { text: `${left.join(" ")} from the others`, directions };
});

/** Single directions, so that some hear each other only over others, or one of two hears the other. */
export const holes = partition(async ({ network, dice }) => {
  const all = allDirections(network.nodes.length);
  const chosen = all.filter(() => dice.chance(0.35));
  const directions = chosen.length === 0 ? [dice.pick(all)] : chosen;
  return { text: directions.map(arrowOf).join(" "), directions };
});

/** Late in a direction or all, of one node or all. */
export const slow: Begin = async (context) =>
  disturb(context, () => {
    const delayMs = context.dice.between(20, 900);
    return [`${delayMs} ms`, { delayMs }];
  });

/** Little at a time. */
export const narrow: Begin = async (context) =>
  disturb(context, () => {
    const bytesPerSecond = context.dice.between(4, 120) * 1_000;
    return [`${bytesPerSecond} bytes a second`, { bytesPerSecond }];
  });

async function disturb(
  context: FaultContext,
  draw: () => readonly [text: string, change: Partial<Condition>],
): ReturnType<Begin> {
  const { network, dice } = context;
  const all = allDirections(network.nodes.length);
  const one = dice.chance(0.7) ? await drawNode(context) : undefined;
  const directions = all.filter(({ from, to }) => one === undefined || from === one || to === one);
  const drawn = directions.map((direction) => {
    const [text, change] = draw();
    return {
      text: `${arrowOf(direction)} ${text}`,
      end: network.wires.disturb([direction], change),
    };
  });
  const end = async (): Promise<void> => {
    for (const each of drawn) each.end();
  };
  return { text: drawn.map(({ text }) => text).join(", "), end };
}

/** Neither nobody nor everybody. */
function drawGroup(dice: Dice, count: number): readonly boolean[] {
  const size = dice.between(1, count - 1);
  const first = dice.below(count);
  return Array.from({ length: count }, (_, index) => (index - first + count) % count < size);
}

function nameOf(index: number): string {
  return `node-${index + 1}`;
}

function arrowOf({ from, to }: Direction): string {
  return `${from + 1}>${to + 1}`;
}
