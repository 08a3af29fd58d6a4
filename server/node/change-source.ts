import type { BlockResult } from "@kith/chain/apply-block";
import type { Chain } from "@kith/chain/chain";
import type { ChangeSource, ExecutedBlock } from "@kith/changes/change-source";
import type { Queries } from "@kith/queries/queries";

export type BlockListeners = Set<(block: ExecutedBlock) => void>;

type SourceParts = { readonly chain: Chain; readonly queries: Queries };

/** What change streams see of a node. */
export function changeSourceOf(
  { chain, queries }: SourceParts,
  listeners: BlockListeners,
): ChangeSource {
  return {
    headNum: () => chain.applied()?.num,
    definition: (service) => chain.definition(service),
    rows: chain.rows,
    answer: (service, request, user) => queries.answer(service, request, user),
    onBlock(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A block was executed. */
export function tellBlock(
  listeners: BlockListeners,
  { applied, changes, events }: Pick<BlockResult, "applied" | "changes" | "events">,
  codeChanged: boolean,
): void {
  if (listeners.size === 0) return;
  const executed: ExecutedBlock = {
    num: applied.num,
    changes,
    events: events.map(({ service, declared, data }) => ({ service, name: declared.name, data })),
    codeChanged,
  };
  for (const listener of listeners) listener(executed);
}
