/** A program that means harm, as the body of a function (`guest-program.ts`). */
export type HostileProgram = {
  readonly name: string;
  readonly text: string;
  /** How it may end: `done`, or a code. */
  readonly ends: readonly string[];
};
