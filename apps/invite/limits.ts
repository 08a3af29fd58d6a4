/** What lists of pages end with. */
export const listedMax = 100;
/** How long an invite that is over can still be looked at. */
export const keptSeconds: number = 30 * 24 * 3600;
/** Invites that are forgotten with each new one: more than can be made meanwhile. */
export const forgottenMax = 40;
