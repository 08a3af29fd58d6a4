import type { SubmitError, UnavailableReason } from "@kith/replica/outcome";

import type { ChangesError } from "./changes-message.ts";
import type { HistoryError } from "./history-port.ts";
import type { LoginError } from "./login-port.ts";
import type { CatchUpError, QueryError } from "./node-port.ts";

/** What can be wrong with a request before anybody looks at what it is about. */
export type RequestError =
  | { readonly code: "host-malformed"; readonly host: string }
  | { readonly code: "host-unknown"; readonly host: string; readonly rootHost: string }
  | { readonly code: "target-malformed"; readonly reason: string }
  | { readonly code: "target-too-long"; readonly charsMax: number }
  | { readonly code: "headers-too-large"; readonly bytesMax: number }
  | { readonly code: "parameter-invalid"; readonly problems: readonly ParameterProblem[] }
  | { readonly code: "method-not-allowed"; readonly method: string; readonly allow: string }
  | {
      readonly code: "content-type-unsupported";
      readonly contentType: string;
      readonly wanted: string;
    }
  | { readonly code: "body-empty" }
  | { readonly code: "body-too-large"; readonly bytesMax: number }
  | { readonly code: "body-truncated" }
  | { readonly code: "body-timeout"; readonly timeoutMs: number }
  | { readonly code: "not-found"; readonly path: string }
  | { readonly code: "account-unknown"; readonly name: string }
  | { readonly code: "receipt-unknown"; readonly transactionId: string }
  /** Executed before this node took a snapshot, which has no receipts. */
  | { readonly code: "receipt-elsewhere"; readonly transactionId: string }
  | { readonly code: "encoding-not-acceptable"; readonly available: readonly string[] }
  | { readonly code: "type-not-acceptable"; readonly available: readonly string[] }
  | { readonly code: "range-not-satisfiable"; readonly sizeBytes: number }
  | { readonly code: "admin-key-needed" }
  | { readonly code: "admin-key-wrong" }
  | { readonly code: "origin-not-allowed"; readonly origin: string }
  | { readonly code: "upgrade-needed"; readonly protocol: string }
  | { readonly code: "network-not-started" }
  | { readonly code: "snapshot-not-made" }
  | { readonly code: "internal-error" };

export type ParameterProblem = { readonly parameter: string; readonly message: string };

export type UnavailableError = {
  readonly code: UnavailableReason;
  readonly transactionId?: string;
};

/** A transaction that is in a final block and changed nothing. The code in the answer is the service's own. */
type FailedError = {
  readonly code: "transaction-failed";
  readonly failure: { readonly code: string; readonly message: string };
};

export type HttpError =
  | CatchUpError
  | ChangesError
  | HistoryError
  | LoginError
  | RequestError
  | SubmitError
  | UnavailableError
  | QueryError
  | FailedError;
