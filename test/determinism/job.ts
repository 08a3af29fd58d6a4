/** One program for the runner: what it is, what it may use, and who else is there. */
export type Job = {
  readonly name: string;
  /** A whole source, as `guestProgram` makes it. */
  readonly source: string;
  readonly fuel: number;
  /** Sources of services that the program can call, by the names of their accounts. */
  readonly others?: Readonly<Record<string, string>>;
  /** Takes so long that one run is enough. */
  readonly once?: boolean;
};

/** How a program ended, and everything about it that all nodes have to agree on. */
export type Outcome = {
  /** `done`, or the code of an abort, or of a source that does not start. */
  readonly code: string;
  /** The result as text, or the message. */
  readonly text: string;
  /** What starting the source took. */
  readonly startFuel: number;
  readonly fuel: number;
  /** Native stack that is left of what the call was given; below zero when it was not enough. */
  readonly stackBytes: number;
  readonly pages: number;
  /** Hash of all memory after the call. */
  readonly memory: string;
};

/** What a runtime says about one job. */
export type JobReport = {
  readonly name: string;
  /** Of an instance that nothing has run in, of one whose memory was full of something else, and of another image. */
  readonly outcomes: readonly Outcome[];
  /** The quickest of the calls, starting not included. */
  readonly milliseconds: number;
};
