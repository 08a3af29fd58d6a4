import { accountArgumentCodec } from "@kith/protocol/entry-points";
import { httpReplyCodec, httpRequestCodec, type HttpReply } from "@kith/protocol/http-message";
import type { AccountName, BlockNum, MethodName } from "@kith/protocol/ids";
import type { ServiceDefinition, ServiceModule } from "@kith/protocol/service-abi";
import { packText } from "@kith/protocol/texts";

import {
  outsideTransactions,
  translate,
  within,
  type BlockContext,
  type Execution,
  type ExecutionPlace,
  type ServiceCall,
} from "./execution.ts";
import { queryFuelMax, replyBytesMax } from "./limits.ts";
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
import { readParts } from "./row-parts.ts";
import { callService } from "./service-call.ts";
import { ServiceHost } from "./service-host.ts";
import { systemAccounts, systemMethods } from "./system-accounts.ts";

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
  return within(
    block,
    outsideTransactions,
    (asking) => loadModule(asking, name)?.serve !== undefined,
  );
}

/** What a service made of a request, and what that depends on beside the rows that were read. */
export type Answer = {
  /** Undefined when the service leaves the request to `sites`, or is none that answers. */
  readonly reply: HttpReply | undefined;
  /** The service asked for the number or the time of the block. */
  readonly usesContext: boolean;
  /** The reply says what went wrong; the service did not mean it. */
  readonly isFailure: boolean;
};

/** The state after one final block, as somebody reads it who is not the chain. */
export type QueryView = {
  readonly machine: ServiceMachine;
  readonly num: BlockNum;
  /** Microseconds since the Unix epoch. */
  readonly time: number;
  readonly rows: RowReader;
  readonly sql?: SqlReader;
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
  const serves = module?.serve !== undefined;
  const outcome = serves ? serve(execution, service, { module, packed }) : nothing;
  const reply =
    outcome.reply ??
    (module === undefined
      ? undefined
      : answerStandard(place, service, { module, execution, packed }));
  return { ...outcome, reply, usesContext: execution.usesContext };
}

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

type Outcome = Pick<Answer, "reply" | "isFailure">;

const nothing: Outcome = { reply: undefined, isFailure: false };

function serve(
  execution: Execution,
  service: AccountName,
  { module, packed: request }: { readonly module: ServiceModule; readonly packed: Uint8Array },
): Outcome {
  const call = serveCall(service);
  const host = new ServiceHost(execution, call, { module, callService });
  try {
    const packed = module.serve?.(request, host);
    if (execution.failure === undefined) {
      if (packed === undefined) return nothing;
      const reply = packed.length <= replyBytesMax ? httpReplyCodec.unpack(packed) : undefined;
      if (reply?.ok === true) return wholeReply(host, reply.value, module.definition);
      return failed(500, "reply-malformed", `${service} gave an answer that is none`);
    }
  } catch (thrown) {
    translate(execution, call, thrown);
  }
  if (execution.broken !== undefined) throw execution.broken;
  const { code, message } = execution.failure ?? { code: "service-failed", message: "" };
  return failed(code === "service-failed" ? 500 : 400, code, message);
}

/** With the body that its parts make. */
function wholeReply(
  host: ServiceHost,
  { parts, ...reply }: HttpReply,
  definition: ServiceDefinition,
): Outcome {
  if (parts === undefined) return { reply, isFailure: false };
  const body = readParts(definition, host, parts);
  if (!body.ok) return failed(500, body.error.code, body.error.message);
  return { reply: { ...reply, body: body.value }, isFailure: false };
}

function serveCall(service: AccountName): ServiceCall {
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

function failed(status: number, code: string, message: string): Outcome {
  const body = packText(JSON.stringify({ code, message }));
  return {
    reply: { status, contentType: "application/json", headers: [], body },
    isFailure: true,
  };
}
