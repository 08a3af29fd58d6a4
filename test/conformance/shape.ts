/** One case of a vector file. What Kith does not have is said so with the reason and never counted as passed. */
export type CaseResult =
  | { readonly outcome: "passed"; readonly name: string }
  | { readonly outcome: "failed"; readonly name: string; readonly detail: string }
  | { readonly outcome: "not-applicable"; readonly name: string; readonly reason: string };

export type VectorFile = {
  /** From the vectors' folder, with `/`. */
  readonly path: string;
  readonly text: string;
  /** What the text says when it is JSON. */
  readonly json: unknown;
};

/** A kind of vector file, known by what stands in it, so that files of any name and number are run. */
export type Shape = {
  readonly name: string;
  readonly matches: (file: VectorFile) => boolean;
  readonly run: (file: VectorFile) => readonly CaseResult[] | Promise<readonly CaseResult[]>;
};

/** A check says nothing when it holds, and otherwise what it found. */
export function runCase(name: string, check: () => string | undefined): CaseResult {
  let detail: string | undefined;
  try {
    detail = check();
  } catch (error) {
    detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return detail === undefined ? { outcome: "passed", name } : { outcome: "failed", name, detail };
}

export function notApplicable(name: string, reason: string): CaseResult {
  return { outcome: "not-applicable", name, reason };
}

export function expectEqual(found: unknown, expected: unknown): string | undefined {
  const [foundText, expectedText] = [describe(found), describe(expected)];
  if (foundText === expectedText) return undefined;
  return `${shortened(foundText)}\n    instead of ${shortened(expectedText)}`;
}

function shortened(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}...` : text;
}

export function describe(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "bigint" ? part.toString() : part,
  ) as string | undefined;
  return text ?? "undefined";
}
