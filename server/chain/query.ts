import { accountArgumentCodec } from "@kith/protocol/entry-points";
import { httpReplyCodec, httpRequestCodec, type HttpReply } from "@kith/protocol/http-message";
import type { AccountName, BlockNum, MethodName } from "@kith/protocol/ids";
import type { ServiceDefinition, ServiceModule } from "@kith/protocol/service-abi";

import {
  outsideTransactions,
  translate,
  within,
  type BlockContext,
  type Execution,
  type ExecutionPlace,
  type ServiceCall,
} from "./execution.ts";
import { queryFuelMax, queryResultBytesMax, replyBytesMax } from "./limits.ts";
import { loadModule } from "./load-module.ts";
import type { Rows } from "./overlay.ts";
import { chainAccount } from "./own-rows.ts";
import { placeOf } from "./place.ts";
import type {
  EventReader,
  FinalView,
  RowReader,
  ServiceMachine,
  SqlReader,
  StandardAnswer,
} from "./ports.ts";
import { failedOutcome, jsonOutcome, type ServiceOutcome } from "./query-reply.ts";
import { readParts } from "./row-parts.ts";
import { callService } from "./service-call.ts";
import { ServiceHost } from "./service-host.ts";
import { systemAccounts, systemMethods } from "./system-accounts.ts";
import {
  isTypedQuery,
  parseTypedQuery,
  typedQueryStatuses,
  type TypedQuery,
} from "./typed-query.ts";

/** A read-only call by the node itself; undefined when the service refuses or is not there. */
export function callReadOnly(
  block: BlockContext,
  call: { readonly service: AccountName; readonly method: MethodName; readonly args: Uint8Array },
): Uint8Array | undefined {
  return within(block, outsideTransactions, (execution) => {
    try {
      return callService(execution, { caller: chainAccount, ...call, depth: 0, writable: false });
    } catch (thrown) {
      if (execution.broken !== undefined || execution.failure === undefined) throw thrown;
      return undefined;
    }
  });
}

export function hasAccount(block: BlockContext, name: AccountName): boolean {
  const found = callReadOnly(block, {
    service: systemAccounts.accounts,
    method: systemMethods.accountExists,
    args: accountArgumentCodec.pack({ name }),
  });
  return found !== undefined && found[0] === 1;
}

export function definitionOf(
  block: BlockContext,
  service: AccountName,
): ServiceDefinition | undefined {
  return within(block, outsideTransactions, (asking) => loadModule(asking, service)?.definition);
}

export function hasServer(block: BlockContext, name: AccountName): boolean {
  return within(block, outsideTransactions, (asking) => {
    const module = loadModule(asking, name);
    return module?.serve !== undefined || module?.query !== undefined;
  });
}

/** What a service made of a request, and what that depends on beside the rows that were read. */
export type Answer = ServiceOutcome & {
  /** The service asked for the number or the time of the block. */
  readonly usesContext: boolean;
};

/** The state after one final block, as somebody reads it who is not the chain. */
export type QueryView = {
  readonly machine: ServiceMachine;
  readonly num: BlockNum;
  /** Microseconds since the Unix epoch. */
  readonly time: number;
  readonly rows: RowReader;
  readonly sql?: SqlReader;
  /** Who asks, where that is proved. */
  readonly user?: AccountName | undefined;
  readonly events?: EventReader | undefined;
  readonly standard?: StandardAnswer | undefined;
};

/** Lets a service answer a packed HttpRequest from a state that this process only reads. */
export function answerFrom(view: QueryView, service: AccountName, packed: Uint8Array): Answer {
  const { rows } = view;
  const read: Rows = {
    read: ({ address }) => rows.getRow(address),
    range: (range) => rows.rangeRows(range),
  };
  return answer({ ...view, rows: read }, service, packed);
}

/** Lets a service answer a packed HttpRequest. What goes wrong in it becomes an answer too. */
export function answer(place: ExecutionPlace, service: AccountName, packed: Uint8Array): Answer {
  return within({ ...place, fuelMax: queryFuelMax }, outsideTransactions, (execution) =>
    answerIn(execution, place, { service, packed }),
  );
}

function answerIn(
  execution: Execution,
  place: ExecutionPlace,
  { service, packed }: { readonly service: AccountName; readonly packed: Uint8Array },
): Answer {
  const module = loadModule(execution, service);
  if (module === undefined) return { ...nothing, usesContext: execution.usesContext };
  const outcome =
    answerTyped(execution, service, { module, packed }) ??
    (module.serve === undefined ? nothing : serve(execution, service, { module, packed }));
  const reply = outcome.reply ?? answerStandard(place, service, { module, execution, packed });
  return { ...outcome, reply, usesContext: execution.usesContext };
}

type ServiceRequest = { readonly module: ServiceModule; readonly packed: Uint8Array };

/** Undefined when the request is no typed query. */
function answerTyped(
  execution: Execution,
  service: AccountName,
  { module, packed }: ServiceRequest,
): ServiceOutcome | undefined {
  const request = module.query === undefined ? undefined : httpRequestCodec.unpack(packed);
  if (request?.ok !== true || !isTypedQuery(module, service, request.value)) return undefined;
  const query = parseTypedQuery(module, service, request.value);
  if (query.ok) return runTyped(execution, module, { service, ...query.value });
  const { code } = query.error;
  const headers = code === "method-not-allowed" ? [{ name: "allow", value: "GET, POST" }] : [];
  return failedOutcome(typedQueryStatuses[code], query.error, headers);
}

function runTyped(
  execution: Execution,
  module: ServiceModule,
  { service, name, declared, args }: TypedQuery & { readonly service: AccountName },
): ServiceOutcome {
  const call = { ...readCall(service), method: name, args };
  const host = new ServiceHost(execution, call, { module, callService });
  try {
    const packed = module.query?.(name, args, host) ?? new Uint8Array();
    if (execution.failure === undefined) return resultOutcome(call, declared, packed);
  } catch (thrown) {
    translate(execution, call, thrown);
  }
  return failureOf(execution, 422);
}

function resultOutcome(
  { service, method }: ServiceCall,
  declared: TypedQuery["declared"],
  packed: Uint8Array,
): ServiceOutcome {
  if (packed.length > queryResultBytesMax) {
    const message = `${service} gave a result of ${method} that has more than ${queryResultBytesMax} bytes`;
    return failedOutcome(500, { code: "result-too-long", message });
  }
  const json = declared.resultJson(packed);
  if (json.ok) return jsonOutcome(json.value);
  const message = `${service} gave a result of ${method} that is not what it declares: ${json.error.code}`;
  return failedOutcome(500, { code: "result-malformed", message });
}

/** `status` is for what the service itself says; what it cannot help saying is its defect. */
function failureOf({ failure, broken }: Execution, status: number): ServiceOutcome {
  if (broken !== undefined) throw broken;
  const { code, message } = failure ?? { code: "service-failed", message: "" };
  return failedOutcome(defects.has(code) ? 500 : status, { code, message });
}

/** Neither the asker nor the service's words: the program threw, trapped, or did not come to its end. */
const defects: ReadonlySet<string> = new Set(["service-failed"]);

type LeftOver = {
  readonly module: ServiceModule;
  readonly execution: Execution;
  readonly packed: Uint8Array;
};

function answerStandard(
  { standard, events }: ExecutionPlace,
  service: AccountName,
  { module, execution, packed }: LeftOver,
): HttpReply | undefined {
  if (standard === undefined) return undefined;
  const request = httpRequestCodec.unpack(packed);
  if (!request.ok) return undefined;
  return standard(module.definition, viewOf(execution, service, events), request.value);
}

/** The state as the execution sees it. Who looks at the block's number or time, or at events, depends on every block. */
function viewOf(
  execution: Execution,
  service: AccountName,
  events: EventReader | undefined,
): FinalView {
  const recorded: EventReader | undefined = events && {
    rangeEvents: (range) => {
      execution.usesContext = true;
      return events.rangeEvents(range);
    },
  };
  return {
    service,
    ...(recorded === undefined ? {} : { events: recorded }),
    rows: {
      getRow: ({ service: of, space, key }) => execution.rows.read(placeOf(of, space, key)),
      rangeRows: (range) => execution.rows.range(range),
    },
    get blockNum() {
      execution.usesContext = true;
      return execution.blockNum;
    },
    get blockTime() {
      execution.usesContext = true;
      return execution.blockTime;
    },
  };
}

const nothing: ServiceOutcome = { reply: undefined, isFailure: false };

function serve(
  execution: Execution,
  service: AccountName,
  { module, packed: request }: ServiceRequest,
): ServiceOutcome {
  const call = readCall(service);
  const host = new ServiceHost(execution, call, { module, callService });
  try {
    const packed = module.serve?.(request, host);
    if (execution.failure === undefined) {
      if (packed === undefined) return nothing;
      const reply = packed.length <= replyBytesMax ? httpReplyCodec.unpack(packed) : undefined;
      if (reply?.ok === true) return wholeReply(host, reply.value, module.definition);
      const message = `${service} gave an answer that is none`;
      return failedOutcome(500, { code: "reply-malformed", message });
    }
  } catch (thrown) {
    translate(execution, call, thrown);
  }
  return failureOf(execution, 400);
}

/** With the body that its parts make. */
function wholeReply(
  host: ServiceHost,
  { parts, ...reply }: HttpReply,
  definition: ServiceDefinition,
): ServiceOutcome {
  if (parts === undefined) return { reply, isFailure: false };
  const body = readParts(definition, host, parts);
  if (!body.ok) return failedOutcome(500, body.error);
  return { reply: { ...reply, body: body.value }, isFailure: false };
}

function readCall(service: AccountName): ServiceCall {
  const args = new Uint8Array();
  return {
    caller: chainAccount,
    service,
    method: systemMethods.serve,
    args,
    depth: 0,
    writable: false,
  };
}
