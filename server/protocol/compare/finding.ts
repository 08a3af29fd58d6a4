/**
 * What a change of a service means (the classes are SpacetimeDB's):
 * `same`: nothing that anybody could notice. `safe`: stored rows and old clients go on as before.
 * `breaks-clients`: stored rows are fine, clients that were made for the old version may not be.
 * `forbidden`: stored rows would be misread.
 */
export type ChangeClass = "same" | "safe" | "breaks-clients" | "forbidden";

export type FindingCode =
  | "definition-malformed"
  | "comparison-too-large"
  | "documentation-changed"
  | "table-added"
  | "table-removed"
  | "table-moved"
  | "table-migrated"
  | "empty-table-changed"
  | "key-changed"
  | "index-added"
  | "index-changed"
  | "index-removed"
  | "table-hidden"
  | "table-shown"
  | "action-added"
  | "action-removed"
  | "query-added"
  | "query-removed"
  | "result-added"
  | "result-removed"
  | "event-added"
  | "event-removed"
  | "event-index-added"
  | "event-index-removed"
  | "type-unknown"
  | "type-changed"
  | "field-added"
  | "field-not-optional"
  | "field-removed"
  | "field-moved"
  | "field-renamed"
  | "struct-changed"
  | "alternative-added"
  | "alternative-removed"
  | "alternative-renamed"
  | "length-changed";

/** One difference between two definitions. */
export type Finding = {
  readonly class: Exclude<ChangeClass, "same">;
  readonly code: FindingCode;
  /** As in `tables.balances.owner` or `actions.credit.params.memo`. */
  readonly path: string;
  /** For people: what is different and, unless it is safe, what to do instead. */
  readonly message: string;
  /** The table whose stored rows it concerns. */
  readonly table?: string;
};

const severity = { same: 0, safe: 1, "breaks-clients": 2, forbidden: 3 } as const satisfies Record<
  ChangeClass,
  number
>;

export function worse(a: ChangeClass, b: ChangeClass): ChangeClass {
  return severity[a] >= severity[b] ? a : b;
}
