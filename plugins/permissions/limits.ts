/** Of one user in one browser. What is beyond is forgotten, the oldest first: then the user is asked again. */
export const grantsMax = 500;
