/** One answer of a node that nobody believes: a row of the largest size in every form that it has there, or a page of changes. */
export const lightAnswerBytesMax: number = 16 * 1024 * 1024;
/** Pages that one question goes through: a node that gives one header a page holds nobody up for ever. */
export const lightPagesMax: number = 1024;
