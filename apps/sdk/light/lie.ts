import type { Result } from "@kith/protocol/result";

import { LightClient, type LightClientError } from "../light-client.ts";
import {
  alice,
  balances,
  FakeLightNode,
  openChain,
  service,
  tableNumber,
  type Answer,
} from "./fake-light-node.ts";

type Asked = Promise<Result<unknown, LightClientError>>;

/** A node that lies where paths begin so, and the code with which everybody is refused who asks it. */
export type Lie = {
  readonly about: string;
  readonly alter: (answer: Answer, node: FakeLightNode) => unknown;
  readonly code: string;
  /** For the row when left out. */
  readonly ask?: (light: LightClient) => Asked;
  readonly algorithm?: "cft" | "bft";
};

export type Lies = Readonly<Record<string, Lie>>;

/** What came of it; `isUnspoiled`: what was believed meanwhile is true, and who tells the truth next is believed. */
type Told = { readonly code: string; readonly isTold: boolean; readonly isUnspoiled: boolean };

export function askRow(light: LightClient): Asked {
  return light.row({ service, table: balances, tableNumber, key: { owner: alice } });
}

export async function tell({ about, alter, ask = askRow, algorithm = "bft" }: Lie): Promise<Told> {
  const node = new FakeLightNode(openChain(algorithm));
  const { chain, port } = node;
  const light = new LightClient({ root: "http://node.test", port, trusted: chain.id });
  let isTold = false;
  node.alter = (answer, path) => {
    if (!path.startsWith(about)) return answer;
    isTold = true;
    return alter(answer, node);
  };
  const refused = await ask(light);
  const { checkpoint } = light;
  node.alter = (answer) => answer;
  const proved = await askRow(light);
  const isTrue =
    checkpoint === undefined || checkpoint.block.id === chain.placeAt(checkpoint.block.num).id;
  return {
    code: refused.ok ? "proved" : refused.error.code,
    isTold,
    isUnspoiled: proved.ok && isTrue,
  };
}
