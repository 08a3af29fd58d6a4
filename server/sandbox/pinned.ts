import { sha256Hex } from "@kith/protocol/hashes";
import { packText } from "@kith/protocol/texts";

/**
 * What two nodes have to have in common to run services alike, as sha256: whoever changes one of these has made another
 * protocol, and a network has to change to it at one block.
 */
const pinned = {
  /** The script engine as its project publishes it. */
  engine: "b56fe5094b8751c47b8c32fb5ed4d75afe2dbb43412d3d983ac5d1156af456da",
  /** What the metering pass makes of it: this shows every change of the pass. */
  meteredEngine: "7ee4a6174836bfec2012280bf46037fa3ab39629389872ef34174d212ac1a0e8",
  /** Every weight, price and limit that a service can run into (`fuel-schedule.ts`). */
  fuelSchedule: "11ae2d2ca5b2410244bbbae61f93742fc31ef894a66eb77b4026697f5371b0d9",
} as const;

/** All of it in one: what was made of code by another engine, pass or schedule is of no use here. */
export const machineHash: string = sha256Hex(packText(Object.values(pinned).join(" ")));

export type Pinned = keyof typeof pinned;

const names = {
  engine: "script engine",
  meteredEngine: "metered script engine",
  fuelSchedule: "fuel schedule",
} as const satisfies Record<Pinned, string>;

export function isPinned(what: Pinned, bytes: Uint8Array): boolean {
  return sha256Hex(bytes) === pinned[what];
}

/** Throws when the bytes are others: a node that went on would compute a state that nobody else has. */
export function requirePinned(what: Pinned, bytes: Uint8Array): void {
  const found = sha256Hex(bytes);
  if (found === pinned[what]) return;
  throw new Error(
    `the ${names[what]} of this installation is ${found}, not ${pinned[what]}: it would run services unlike the other nodes; install the release that they run, with its dependencies as its lock file has them`,
  );
}
