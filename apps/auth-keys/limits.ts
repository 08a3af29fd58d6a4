/** What lists of pages end with. */
export const listedMax = 100;
