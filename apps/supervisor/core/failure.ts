/** Why something that a page or a plugin asked for is not to be had. */
export class Failure extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type FailureFacts = { readonly code: string; readonly message: string };

/** What is told of it: the code of what was foreseen, or that this program has a fault. */
export function factsOf(thrown: unknown): FailureFacts {
  if (thrown instanceof Failure) return { code: thrown.code, message: thrown.message };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "supervisor-failed", message };
}
