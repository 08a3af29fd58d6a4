/** Memory for sorting the rows of a snapshot that is made. */
export const sortBytes = 32 * 1024 * 1024;
