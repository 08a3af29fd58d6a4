/** Files of a query process: what the node says to it, what it says, and one that is open for as long as the node lives. */
export const pipes = { fromNode: 0, toNode: 1, life: 3 } as const;
