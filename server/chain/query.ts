import { accountArgumentCodec } from "@kith/protocol/entry-points";
import {
  httpReplyCodec,
  httpRequestCodec,
  type HttpReply,
  type HttpRequest,
} from "@kith/protocol/http-message";
import type { AccountName, MethodName } from "@kith/protocol/ids";
import { packText } from "@kith/protocol/texts";

import {
  newExecution,
  outsideTransactions,
  translate,
  type BlockContext,
  type ServiceCall,
} from "./execution.ts";
import { replyBytesMax } from "./limits.ts";
import { chainAccount } from "./own-rows.ts";
import { callService, loadModule } from "./service-call.ts";
import { ServiceHost } from "./service-host.ts";
import { systemAccounts, systemMethods } from "./system-accounts.ts";

/** A read-only call by the node itself; undefined when the service refuses or is not there. */
export function callReadOnly(
  block: BlockContext,
  call: { readonly service: AccountName; readonly method: MethodName; readonly args: Uint8Array },
): Uint8Array | undefined {
  const execution = newExecution(block, outsideTransactions);
  try {
    return callService(execution, { caller: chainAccount, ...call, depth: 0, writable: false });
  } catch (thrown) {
    if (execution.broken !== undefined || execution.failure === undefined) throw thrown;
    return undefined;
  }
}

export function hasAccount(block: BlockContext, name: AccountName): boolean {
  const found = callReadOnly(block, {
    service: systemAccounts.accounts,
    method: systemMethods.accountExists,
    args: accountArgumentCodec.pack({ name }),
  });
  return found !== undefined && found[0] === 1;
}

export function hasServer(block: BlockContext, name: AccountName): boolean {
  return loadModule(newExecution(block, outsideTransactions), name)?.serve !== undefined;
}

/** Lets a service answer an HTTP request from the final state. What goes wrong in it becomes an answer too. */
export function answer(
  block: BlockContext,
  service: AccountName,
  request: HttpRequest,
): HttpReply | undefined {
  const execution = newExecution(block, outsideTransactions);
  const module = loadModule(execution, service);
  if (module?.serve === undefined) return undefined;
  const call = serveCall(service);
  const host = new ServiceHost(execution, call, { module, callService });
  try {
    const packed = module.serve(httpRequestCodec.pack(request), host);
    if (packed === undefined && execution.failure === undefined) return undefined;
    if (packed !== undefined && execution.failure === undefined) {
      const reply = packed.length <= replyBytesMax ? httpReplyCodec.unpack(packed) : undefined;
      if (reply?.ok === true) return reply.value;
      return failureReply(500, "reply-malformed", `${service} gave an answer that is none`);
    }
  } catch (thrown) {
    translate(execution, call, thrown);
  }
  if (execution.broken !== undefined) throw execution.broken;
  const { code, message } = execution.failure ?? { code: "service-failed", message: "" };
  return failureReply(code === "service-failed" ? 500 : 400, code, message);
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

function failureReply(status: number, code: string, message: string): HttpReply {
  return {
    status,
    contentType: "application/json",
    headers: [],
    body: packText(JSON.stringify({ code, message })),
  };
}
