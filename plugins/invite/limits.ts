/** Of one invite: what its service allows. */
export const daysMax = 30;
export const usesMax = 100;
export const memoCharsMax = 140;
/** Links that this browser remembers of a user, those that end last: more than are listed. */
export const keptLinksMax = 120;
