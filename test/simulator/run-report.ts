import type { Marks } from "./marks.ts";

export type RunReport = {
  readonly seed: number;
  readonly failure: Failure | undefined;
  readonly digest: string;
  readonly virtualSeconds: number;
  readonly events: number;
  readonly finalBlocks: number;
  readonly acknowledged: number;
  readonly marks: Marks;
  /** Under BFT: whom all that was signed shows to have broken a rule, and who really keeps none. */
  readonly guilty: ReadonlySet<string>;
  readonly liars: ReadonlySet<string>;
};

export type Failure = {
  readonly kind: "safety" | "liveness" | "broken";
  readonly rule: string;
  readonly message: string;
  readonly atSeconds: number;
};
