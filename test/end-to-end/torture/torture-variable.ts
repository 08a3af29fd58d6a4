/** The environment variable that `node-preload.ts` reads. */
export const tortureVariable = "KITH_TORTURE";

export type Torture = {
  /** Of a `ControlFile`. */
  readonly control: string;
  /** By the ports that the other nodes listen on: those of the proxies that lead there from this one. */
  readonly ports: Readonly<Record<string, number>>;
  /** A rule that is taken out of the product, by its name in the simulator's `mutants.ts`. */
  readonly mutant?: string;
};
