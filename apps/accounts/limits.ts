/** What a name can have at all, whoever makes it. */
export const nameCharsMax = 10;
