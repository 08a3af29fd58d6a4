import type { HistoryError } from "./history-port.ts";

/** Says, for people, why something is not shown or not proved. */
export function historyMessage(error: HistoryError): string {
  switch (error.code) {
    case "service-unknown":
      return `no service is installed on ${error.service}`;
    case "table-unknown":
      return `the service has no table ${error.table}`;
    case "key-malformed":
      return `the key is not what the table declares: at ${error.path}, expected ${error.expected}`;
    case "event-undeclared":
      return `${error.service} does not declare an event ${error.event}`;
    case "event-index-unknown":
      return `the event has no index ${error.field}`;
    case "index-value-malformed":
      return `the value is not one that ${error.field} can have: expected ${error.expected}`;
    case "events-not-kept":
      return `this node keeps these events from block ${error.oldest} on; another node may keep older ones`;
    case "event-unknown":
      return `this node keeps no Merkle event ${error.index} of transaction ${error.transactionId}`;
    case "event-not-yet":
      return `the event happened in block ${error.blockNum}, behind what the header says`;
    case "event-path-unknown":
      return `the event happened in block ${error.blockNum}, and this node has not seen all blocks behind it; ask another one`;
    case "header-unknown":
      return `this node has no final block ${error.num}`;
    case "block-not-certified":
      return `no quorum of the producers has signed block ${error.num} in time; ask again, or for the headers before a later block`;
    case "header-not-made":
      return `no header says yet what is true after block ${error.num}; ask again`;
  }
}
