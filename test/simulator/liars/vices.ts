import type { Dice } from "../dice.ts";

/**
 * What a producer may do that keeps no rule. `twins`: two honest programs with one key, each of which talks to some of the others (Bano et
 * al., Twins). `equivocate`: other blocks, and votes for them, to some. `withhold`: says nothing of some kinds to some.
 * `stale-view`, `false-view`: view changes and new views that name less than it knows, or what no certificate shows, and different
 * ones to different nodes. `hasty-commit`: commits what no quorum prepared. `yes-man`: prepares and commits whatever it hears of,
 * in terms that it left, too. `delay`: late to some. `repeat`: old messages, its own and others'. `garbage`: messages that fit no rule.
 */
export const vices = [
  "twins",
  "equivocate",
  "withhold",
  "stale-view",
  "false-view",
  "hasty-commit",
  "yes-man",
  "delay",
  "repeat",
  "garbage",
] as const;

export type Vice = (typeof vices)[number];

/** What a liar does for a while. */
export type Mood = {
  readonly vices: ReadonlySet<Vice>;
  /** Whom it leaves out, or keeps waiting; and which kinds of messages it withholds. */
  readonly isVictim: (node: string) => boolean;
  readonly withheld: ReadonlySet<string>;
};

/** All that it takes to fork a chain, when there are enough who do it. */
export const forkingMood: Mood = {
  vices: new Set(["equivocate", "hasty-commit"]),
  isVictim: () => false,
  withheld: new Set(),
};

const kinds = [
  "proposal",
  "vote",
  "view-change",
  "new-view",
  "certificate",
  "chain-response",
  "read-answer",
] as const;

/** Now and then it keeps all rules, so that something lies between two lies. */
const honestShare = 0.1;

export function drawMood(dice: Dice, nodes: readonly string[]): Mood {
  const victims = new Set(dice.some(nodes));
  const isVictim = (node: string): boolean => victims.has(node);
  if (dice.chance(honestShare)) return { vices: new Set(), isVictim, withheld: new Set() };
  const chosen = dice.shuffled(vices).slice(0, dice.between(1, 3));
  return { vices: new Set(chosen), isVictim, withheld: new Set(dice.some(kinds)) };
}
