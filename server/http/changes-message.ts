import type { ListenError } from "@kith/changes/hub";

/** Errors of listening that no other route has. */
export type ChangesError = Exclude<
  ListenError,
  { readonly code: "service-unknown" | "network-not-started" }
>;

export const changesStatus = {
  "interests-missing": 400,
  "interests-too-many": 400,
  "interest-table-unknown": 404,
  "interest-event-unknown": 404,
  "interest-not-indexed": 400,
  "interest-value-invalid": 400,
  "live-queries-too-many": 400,
  "live-query-invalid": 400,
  "live-query-too-costly": 400,
  "service-unusable": 501,
  "streams-of-address-exhausted": 429,
  "streams-exhausted": 503,
  "live-queries-exhausted": 503,
} as const satisfies Record<ChangesError["code"], number>;

export function isChangesError(error: { readonly code: string }): error is ChangesError {
  return Object.hasOwn(changesStatus, error.code);
}

export function changesMessage(error: ChangesError): string {
  switch (error.code) {
    case "interests-missing":
      return "name what you want to hear of: rows, event, graphql or path";
    case "interests-too-many":
      return `one stream is about at most ${error.max} things`;
    case "interest-table-unknown":
      return `the service has no table ${error.table} that could be listened to`;
    case "interest-event-unknown":
      return `the service has no event ${error.event}`;
    case "interest-not-indexed":
      return `no index begins with ${error.fields.join(", ")}`;
    case "interest-value-invalid":
      return `this is no value of ${error.field}`;
    case "live-queries-too-many":
      return `one stream has at most ${error.max} live queries`;
    case "live-query-invalid":
      return `the live query would not run (${error.why}): ${error.text}`;
    case "live-query-too-costly":
      return `a live query may cost ${error.max} (fields times rows), because it is answered again and again`;
    case "service-unusable":
      return `what the service says about itself cannot be used: ${error.reason}`;
    case "streams-of-address-exhausted":
      return `there are ${error.max} streams to this address already`;
    case "streams-exhausted":
      return `this node serves ${error.max} streams already; try another one`;
    case "live-queries-exhausted":
      return `this node answers ${error.max} live queries already; try another one`;
  }
}
