import { stagedAuthorizationCodec } from "@kith/protocol/entry-points";
import { runAsCodec } from "@kith/protocol/run-as";

import { refusal, type CallService, type Execution, type ServiceCall } from "./execution.ts";
import { chainAccount } from "./own-rows.ts";
import { systemAccounts, systemMethods } from "./system-accounts.ts";

type Running = {
  readonly execution: Execution;
  /** The call that asks. */
  readonly current: ServiceCall;
  readonly callService: CallService;
};

/**
 * Runs an action that was agreed on before, in the name of its sender. `staged-tx` is believed who agreed, and nothing
 * else: whether those suffice is asked of the sender's auth service, through `transact`, just before the action runs.
 */
export function runStagedAction(running: Running, packed: Uint8Array): Uint8Array {
  const { execution, current, callService } = running;
  if (current.service !== systemAccounts.stagedTx) {
    throw refusal(execution, "not-privileged", `${current.service} acts in its own name only`);
  }
  if (!current.writable) {
    throw refusal(execution, "write-forbidden", "queries and authorization only read");
  }
  const asked = runAsCodec.unpack(packed);
  if (!asked.ok) throw refusal(execution, "arguments-malformed", "this is no action to run");
  const { action, by } = asked.value;
  const { sender, service, method, rawData } = action;
  const depth = current.depth + 1;
  callService(execution, {
    caller: chainAccount,
    service: systemAccounts.transact,
    method: systemMethods.authorizeStaged,
    args: stagedAuthorizationCodec.pack({ sender, service, method, by }),
    depth,
    writable: false,
  });
  return callService(execution, {
    caller: sender,
    service,
    method,
    args: rawData,
    depth,
    writable: true,
  });
}
