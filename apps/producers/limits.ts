/** The protocol allows as many at most. */
export const producersMax: number = 100;
