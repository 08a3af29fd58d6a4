import type { TransactionError } from "@kith/chain/errors";
import type { TransactionFormatError } from "@kith/protocol/transactions";
import type { UnavailableReason } from "@kith/replica/outcome";
import type { ContentfulStatusCode } from "hono/utils/http-status";

import { changesStatus } from "./changes-message.ts";
import type { HistoryError } from "./history-port.ts";
import type { HttpError, RequestError } from "./http-error.ts";
import { loginStatus } from "./login-message.ts";
import type { CatchUpError, QueryError } from "./node-port.ts";

const requestStatus = {
  "host-malformed": 400,
  "host-unknown": 421,
  "target-malformed": 400,
  "target-too-long": 414,
  "headers-too-large": 431,
  "parameter-invalid": 400,
  "method-not-allowed": 405,
  "content-type-unsupported": 415,
  "body-empty": 400,
  "body-too-large": 413,
  "body-truncated": 400,
  "body-timeout": 408,
  "not-found": 404,
  "account-unknown": 404,
  "receipt-unknown": 404,
  "receipt-elsewhere": 404,
  "encoding-not-acceptable": 406,
  "type-not-acceptable": 406,
  "range-not-satisfiable": 416,
  "admin-key-needed": 403,
  "admin-key-wrong": 401,
  "origin-not-allowed": 403,
  "upgrade-needed": 426,
  "network-not-started": 503,
  "snapshot-not-made": 503,
  "internal-error": 500,
} as const satisfies Record<RequestError["code"], ContentfulStatusCode>;

const formatStatus = {
  "transaction-too-large": 413,
  "transaction-malformed": 400,
  "transaction-has-unknown-fields": 400,
  "transaction-without-actions": 400,
  "proofs-do-not-match-claims": 400,
} as const satisfies Record<TransactionFormatError["code"], ContentfulStatusCode>;

const transactionStatus = {
  expired: 400,
  "expiration-too-far": 400,
  "reference-block-unknown": 400,
  "already-executed": 409,
  "no-actions": 400,
  "proof-count-wrong": 400,
  "verify-service-unknown": 400,
  "too-many-custom-claims": 400,
  "claim-malformed": 400,
  "proof-refused": 403,
  "proof-invalid": 403,
  "not-authorized": 403,
  "over-quota": 429,
  "admission-busy": 503,
} as const satisfies Record<TransactionError["code"], ContentfulStatusCode>;

const unavailableStatus = {
  "no-leader": 503,
  "pool-full": 503,
  stopping: 503,
  "not-final-yet": 504,
} as const satisfies Record<UnavailableReason, ContentfulStatusCode>;

const queryStatus = {
  "query-timeout": 504,
  "query-queue-full": 503,
  "query-crashed": 502,
} as const satisfies Record<QueryError["code"], ContentfulStatusCode>;

const catchUpStatus = {
  "leader-silent": 503,
  "catching-up": 503,
} as const satisfies Record<CatchUpError["code"], ContentfulStatusCode>;

export const historyStatus = {
  "table-unknown": 404,
  "key-malformed": 400,
  "service-unknown": 404,
  "event-undeclared": 404,
  "event-index-unknown": 400,
  "index-value-malformed": 400,
  "events-not-kept": 410,
  "event-unknown": 404,
  "event-not-yet": 409,
  "event-path-unknown": 404,
  "header-unknown": 404,
  "block-not-certified": 503,
  "header-not-made": 503,
} as const satisfies Record<HistoryError["code"], ContentfulStatusCode>;

/** A transaction that is final and failed: understood, carried out, and refused by the service. */
const failedStatus = { "transaction-failed": 422 } as const;

/** The one table of statuses: an error whose code has no line above does not compile. */
export const statusByCode: Readonly<Record<HttpError["code"], ContentfulStatusCode>> = {
  ...formatStatus,
  ...transactionStatus,
  ...unavailableStatus,
  ...catchUpStatus,
  ...queryStatus,
  ...failedStatus,
  ...changesStatus,
  ...historyStatus,
  ...loginStatus,
  ...requestStatus,
};
