import { bytes, list, object } from "@kith/protocol/fracpack";
import {
  guestEntries,
  guestOutcomes,
  hostOperations,
  hostRefusals,
  type Guest,
  type HostOperation,
} from "@kith/protocol/guest-abi";
import { ask, askTable, give, giveEnd, take, words } from "@kith/protocol/guest-region";
import { latin1Of, toHex } from "@kith/protocol/hashes";
import {
  blockNumOf,
  brandAccountName,
  brandMethodName,
  transactionIdOf,
  type AccountName,
  type BlockNum,
  type MethodName,
  type TransactionId,
} from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import {
  CallSession,
  ServiceAbort,
  type ActionHost,
  type ExchangedRows,
  type KeyRange,
  type Meter,
  type ServiceModule,
} from "@kith/protocol/service-abi";
import { packText, unpackText } from "@kith/protocol/texts";
import type { Claim } from "@kith/protocol/transaction";

const claimsCodec = list(object({ service: accountCodec, rawData: bytes }));

/** What is in the window has been written by a codec, and no input is given beside it. */
const exchangedRows: ExchangedRows = {
  get: (table, keyBytes) => {
    const size = askTable(hostOperations.get, table, keyBytes);
    if (size === hostRefusals.refused) throw refusal();
    return size;
  },
  take,
  put: (table, rowBytes) => {
    if (askTable(hostOperations.put, table, rowBytes) === hostRefusals.refused) throw refusal();
  },
  remove: (table, keyBytes) => {
    const removed = askTable(hostOperations.remove, table, keyBytes);
    if (removed === hostRefusals.refused) throw refusal();
    return removed === 1;
  },
};

/**
 * The other end of `ActionHost` inside a service machine (`@kith/protocol/guest-abi`): each call puts its arguments
 * into the region that both share, and takes the answer out of it.
 */
class GuestHost implements ActionHost {
  /** Both are the machine's business: in here nothing is counted, and everything is remembered. */
  readonly meter: Meter = { fuel: 0, stackBytes: 0 };
  readonly session: CallSession = new CallSession();
  readonly exchanged: ExchangedRows = exchangedRows;

  get self(): AccountName {
    return brandAccountName(latin1Of(answer(hostOperations.self)));
  }

  get sender(): AccountName {
    return brandAccountName(latin1Of(answer(hostOperations.sender)));
  }

  get user(): AccountName | undefined {
    const size = checked(hostOperations.user);
    return size === hostRefusals.absent ? undefined : brandAccountName(latin1Of(take(size)));
  }

  get blockNum(): BlockNum {
    return blockNumOf(checked(hostOperations.block));
  }

  get blockTime(): number {
    checked(hostOperations.block);
    return (words[2] ?? 0) * 2 ** 32 + ((words[1] ?? 0) >>> 0);
  }

  get transactionId(): TransactionId {
    return transactionIdOf(toHex(answer(hostOperations.transactionId)));
  }

  get claims(): readonly Claim[] {
    return claimsCodec.trustedUnpack(answer(hostOperations.claims));
  }

  get(table: number, key: Uint8Array): Uint8Array | undefined {
    give(key);
    words[2] = table;
    const size = checked(hostOperations.get);
    return size === hostRefusals.absent ? undefined : take(size);
  }

  range(table: number, range: KeyRange): readonly Uint8Array[] {
    const { from, to } = range;
    if (from !== undefined) give(from);
    if (to !== undefined) give(to);
    words[2] = table;
    words[3] = range.index;
    words[4] = from?.length ?? -1;
    words[5] = to?.length ?? -1;
    words[6] = range.reverse ? 1 : 0;
    words[7] = range.limit;
    return rowsOf(answer(hostOperations.range));
  }

  put(table: number, row: Uint8Array): void {
    give(row);
    words[2] = table;
    checked(hostOperations.put);
  }

  remove(table: number, key: Uint8Array): boolean {
    give(key);
    words[2] = table;
    return checked(hostOperations.remove) === 1;
  }

  call(service: AccountName, method: MethodName, args: Uint8Array): Uint8Array {
    const [serviceName, methodName] = [packedName(service), packedName(method)];
    giveName(serviceName);
    give(methodName);
    words[3] = methodName.length;
    give(args);
    return answer(hostOperations.call);
  }

  emit(event: string, packed: Uint8Array): void {
    giveName(packedName(event));
    give(packed);
    checked(hostOperations.emit);
  }

  sql(statement: string, parameters: string): string {
    const packed = packText(statement);
    const given = packText(parameters);
    give(packed);
    give(given);
    words[2] = packed.length;
    return unpackText(answer(hostOperations.sql)) ?? "";
  }

  sha256(content: Uint8Array): Uint8Array {
    give(content);
    return answer(hostOperations.sha256);
  }

  checkCode(vm: number, code: Uint8Array, account: AccountName): void {
    const name = packedName(account);
    give(name);
    give(code);
    words[2] = vm;
    words[3] = name.length;
    checked(hostOperations.checkCode);
  }

  runAs(packed: Uint8Array): Uint8Array {
    give(packed);
    return answer(hostOperations.runAs);
  }
}

/** Makes a service the one that this machine runs: the last statement of every service's source. */
export function runAsGuest(service: ServiceModule): void {
  const host = new GuestHost();
  const { definition } = service;
  // The node has looked at these names; making their numbers here takes longer than many an action.
  const methods = namesIn(definition.schema, "actions").map(brandMethodName);
  const queries = namesIn(definition.schema, "queries").map(brandMethodName);
  const guest: Guest = {
    definition: JSON.stringify(definition),
    serves: service.serve !== undefined,
    run: () => {
      const entry = words[0];
      const size = words[1] ?? 0;
      const place = words[2] ?? -1;
      const method = (entry === guestEntries.query ? queries : methods)[place];
      try {
        const input = take(size);
        if (entry === guestEntries.serve) finish(service.serve?.(input, host));
        else if (method === undefined) finish(undefined);
        else if (entry === guestEntries.query) finish(service.query?.(method, input, host));
        else finish(service.action(method, input, host));
      } catch (thrown) {
        finishThrown(thrown);
      }
    },
  };
  Object.defineProperty(globalThis, "kithGuest", { value: guest });
}

function namesIn(schema: string, part: "actions" | "queries"): readonly string[] {
  const parsed: unknown = JSON.parse(schema);
  if (typeof parsed !== "object" || parsed === null) return [];
  const found: unknown = Reflect.get(parsed, part);
  return typeof found === "object" && found !== null ? Object.keys(found) : [];
}

function finish(output: Uint8Array | undefined): void {
  if (output !== undefined) give(output);
  giveEnd();
  words[0] = output === undefined ? guestOutcomes.none : guestOutcomes.done;
}

function finishThrown(thrown: unknown): void {
  const aborted = thrown instanceof ServiceAbort;
  give(packText(aborted ? `${thrown.code}\n${thrown.message}` : describe(thrown)));
  giveEnd();
  words[0] = aborted ? guestOutcomes.aborted : guestOutcomes.failed;
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return `${thrown.name}: ${thrown.message}\n${thrown.stack ?? ""}`;
}

/** Asks the machine; a refusal ends the action, whatever the service does with it. */
function checked(operation: HostOperation): number {
  const answered = ask(operation);
  if (answered === hostRefusals.refused) throw refusal();
  return answered;
}

function answer(operation: HostOperation): Uint8Array {
  return take(checked(operation));
}

function refusal(): ServiceAbort {
  const text = unpackText(take(words[1] ?? 0)) ?? "";
  const end = text.indexOf("\n");
  return new ServiceAbort(text.slice(0, end), text.slice(end + 1));
}

/** A name, whose size stands in the third word. Whatever asks the machine for its bytes has to come before. */
function giveName(packed: Uint8Array): void {
  give(packed);
  words[2] = packed.length;
}

const namesPacked = new Map<string, Uint8Array>();

/** Names of services, methods and events are few, and asked for again and again. */
function packedName(text: string): Uint8Array {
  const known = namesPacked.get(text);
  if (known !== undefined) return known;
  const made = packText(text);
  namesPacked.set(text, made);
  return made;
}

/** Rows that follow each other, each behind its size in 4 bytes. */
function rowsOf(packed: Uint8Array): Uint8Array[] {
  const view = new DataView(packed.buffer);
  const rows: Uint8Array[] = [];
  for (let at = 0; at < packed.length;) {
    const end = at + 4 + view.getUint32(at, true);
    rows.push(packed.subarray(at + 4, end));
    at = end;
  }
  return rows;
}
