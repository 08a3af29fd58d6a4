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
};

export type Failure = {
  readonly kind: "safety" | "liveness" | "broken";
  readonly rule: string;
  readonly message: string;
  readonly atSeconds: number;
};
