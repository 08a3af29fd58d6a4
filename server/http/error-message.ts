import { messageOf as transactionMessage } from "@kith/chain/errors";
import type { TransactionFormatError } from "@kith/protocol/transactions";

import { changesMessage, isChangesError, type ChangesError } from "./changes-message.ts";
import { historyMessage } from "./history-message.ts";
import type { HistoryError } from "./history-port.ts";
import type { HttpError, ParameterProblem, RequestError, UnavailableError } from "./http-error.ts";
import { isLoginError, loginMessage } from "./login-message.ts";
import type { LoginError } from "./login-port.ts";
import type { CatchUpError, QueryError } from "./node-port.ts";
import { historyStatus } from "./status-by-code.ts";

/** Says, for people, what is wrong and what to do about it. */
export function messageOf(error: HttpError): string {
  if (isChangesError(error)) return changesMessage(error);
  if (isLoginError(error)) return loginMessage(error);
  return isHistoryError(error) ? historyMessage(error) : messageOfOther(error);
}

function isHistoryError(error: HttpError): error is HistoryError {
  return Object.hasOwn(historyStatus, error.code);
}

function messageOfOther(
  error: Exclude<HttpError, ChangesError | HistoryError | LoginError>,
): string {
  switch (error.code) {
    case "transaction-failed":
      return error.failure.message;
    case "expired":
    case "expiration-too-far":
    case "reference-block-unknown":
    case "already-executed":
    case "no-actions":
    case "proof-count-wrong":
    case "verify-service-unknown":
    case "too-many-custom-claims":
    case "claim-malformed":
    case "proof-invalid":
    case "proof-refused":
    case "not-authorized":
    case "over-quota":
    case "admission-busy":
      return transactionMessage(error);
    case "transaction-too-large":
    case "transaction-malformed":
    case "transaction-has-unknown-fields":
    case "transaction-without-actions":
    case "proofs-do-not-match-claims":
      return formatMessage(error);
    case "no-leader":
    case "pool-full":
    case "stopping":
    case "not-final-yet":
      return unavailableMessage(error);
    case "query-timeout":
    case "query-queue-full":
    case "query-crashed":
      return queryMessage(error);
    case "leader-silent":
    case "catching-up":
      return catchUpMessage(error);
    case "host-malformed":
    case "host-unknown":
    case "target-malformed":
    case "target-too-long":
    case "headers-too-large":
    case "parameter-invalid":
    case "method-not-allowed":
    case "content-type-unsupported":
    case "body-empty":
    case "body-too-large":
    case "body-truncated":
    case "body-timeout":
    case "not-found":
    case "account-unknown":
    case "receipt-unknown":
    case "receipt-elsewhere":
    case "encoding-not-acceptable":
    case "type-not-acceptable":
    case "range-not-satisfiable":
    case "admin-key-needed":
    case "admin-key-wrong":
    case "origin-not-allowed":
    case "upgrade-needed":
    case "network-not-started":
    case "snapshot-not-made":
    case "internal-error":
      return requestMessage(error);
  }
}

function requestMessage(error: RequestError): string {
  switch (error.code) {
    case "host-malformed":
      return "the Host header is not a host name";
    case "host-unknown":
      return `this node serves ${error.rootHost} and the names below it, not ${error.host}`;
    case "target-malformed":
      return `the request target cannot be read: ${error.reason}`;
    case "target-too-long":
      return `path and query together may have ${error.charsMax} characters`;
    case "headers-too-large":
      return `the headers together may have ${error.bytesMax} bytes`;
    case "parameter-invalid":
      return error.problems.map(problemText).join("; ");
    case "method-not-allowed":
      return `${error.method} is not allowed here, only ${error.allow}`;
    case "content-type-unsupported":
      return `the body has to be ${error.wanted}, not ${error.contentType}`;
    case "body-empty":
      return "the request has no body";
    case "body-too-large":
      return `the body may have ${error.bytesMax} bytes`;
    case "body-truncated":
      return "the body ended before it was complete";
    case "body-timeout":
      return `the body did not arrive within ${error.timeoutMs} ms`;
    case "not-found":
      return `there is nothing at ${error.path}`;
    case "account-unknown":
      return `there is no account ${error.name}`;
    case "receipt-unknown":
      return "no executed transaction with this id is known here: it may be waiting, unknown, or long expired";
    case "receipt-elsewhere":
      return "this transaction was executed before this node took a snapshot of the state: what became of it is known to nodes that have its block";
    case "encoding-not-acceptable":
      return `only these encodings can be had: ${error.available.join(", ")}`;
    case "type-not-acceptable":
      return `only these types can be had: ${error.available.join(", ")}`;
    case "range-not-satisfiable":
      return `the range does not lie within the ${error.sizeBytes} bytes`;
    case "admin-key-needed":
      return "administration needs a connection from this machine, or an admin key as a bearer token";
    case "admin-key-wrong":
      return "this is not an admin key of this node";
    case "origin-not-allowed":
      return `a page of ${error.origin} may not send this request`;
    case "upgrade-needed":
      return `this address speaks ${error.protocol} only`;
    case "network-not-started":
      return "this node has not joined its network yet; try again in a moment";
    case "snapshot-not-made":
      return "no snapshot could be made, because no quorum has signed for a state in time";
    case "internal-error":
      return "the node met a fault of its own; its log says more";
  }
}

function formatMessage(error: TransactionFormatError): string {
  switch (error.code) {
    case "transaction-too-large":
      return `the transaction has ${error.sizeBytes} bytes, allowed are ${error.sizeBytesMax}`;
    case "transaction-malformed":
      return `the ${partName(error.part)} is not valid fracpack: ${error.fault.code}`;
    case "transaction-has-unknown-fields":
      return `the ${partName(error.part)} has fields that this network does not know`;
    case "transaction-without-actions":
      return "the transaction has no actions";
    case "proofs-do-not-match-claims":
      return `the transaction has ${error.claims} claims and ${error.proofs} proofs`;
  }
}

function unavailableMessage(error: UnavailableError): string {
  switch (error.code) {
    case "no-leader":
      return `no producer leads at the moment; ${retryAdvice}`;
    case "pool-full":
      return `too many transactions are waiting; ${retryAdvice}`;
    case "stopping":
      return `this node is stopping; ${retryAdvice}`;
    case "not-final-yet":
      return `the transaction was taken and is not final yet; ${retryAdvice}`;
  }
}

function catchUpMessage(error: CatchUpError): string {
  switch (error.code) {
    case "leader-silent":
      return "no producer that leads has said what is final; ask again, here or at another node";
    case "catching-up":
      return `this node has not executed within ${error.timeoutMs} ms what is final; ask again, or another node`;
  }
}

function queryMessage(error: QueryError): string {
  switch (error.code) {
    case "query-timeout":
      return `the service did not answer within ${error.timeoutMs} ms`;
    case "query-queue-full":
      return "too many requests wait for this node's services; try again in a moment, here or at another node";
    case "query-crashed":
      return "the service's answer took more than its process could give";
  }
}

const retryAdvice =
  "send the same bytes again, here or to another node: a transaction is executed at most once";

function partName(part: "transaction" | "signed-transaction"): string {
  return part === "transaction" ? "transaction" : "signed transaction";
}

function problemText({ parameter, message }: ParameterProblem): string {
  return `${parameter}: ${message}`;
}
