import type { Dice } from "../../simulator/dice.ts";
import type { TortureNetwork } from "./torture-network.ts";

/** Whoever leads, where somebody is known to; or whoever comes. */
export type Aim = "leader" | "any";

export type FaultContext = {
  readonly network: TortureNetwork;
  readonly dice: Dice;
  readonly aim: Aim;
};

type Fault = {
  /** Whom it has hit, and how. */
  readonly text: string;
  end(): Promise<void>;
};

/** Undefined where nobody can be hit in this way now. */
export type Begin = (context: FaultContext) => Promise<Fault | undefined>;
