import type { AccountName } from "@kith/protocol/ids";
import { methodNameConstant } from "@kith/protocol/names";
import { ServiceAbort } from "@kith/protocol/service-abi";
import {
  contextHost,
  dataHost,
  keysHost,
  sessionHost,
  transactionHost,
} from "@kith/sdk/plugin-host";

import type { Attempt } from "./attempt.ts";
import type { Ask } from "./journal.ts";
import { actionsMax, effectsMax } from "./limits.ts";
import { listWith, ownValues } from "./own-data.ts";
import { unpacked } from "./unpacked.ts";

type Local = (attempt: Attempt, args: Uint8Array) => Uint8Array | undefined;

/**
 * What needs nobody outside of the machine: it is known already, or counts only once the call has ended. What counts whatever becomes
 * of the call is no such thing: somebody may close the page while he is asked something (decision 0199).
 */
const functions = new Map<string, Local>();

function local(host: AccountName, name: string, run: Local): void {
  functions.set(`${host} ${methodNameConstant(name)}`, run);
}

/** Undefined for what has to be asked. */
export function callLocal(attempt: Attempt, { host, method, args }: Ask): Uint8Array | undefined {
  return functions.get(`${host} ${method}`)?.(attempt, args);
}

const nothing = new Uint8Array();
/** As `dataHost` has it. */
const nonTransactional = 1;
const { name: data, functions: onData } = dataHost;

local(contextHost.name, "get", ({ about }) => contextHost.functions.get.result.pack(about));

local(transactionHost.name, "addAction", ({ gathered }, packed) => {
  const { actions } = gathered;
  const { action, by } = unpacked(transactionHost.functions.addAction, packed);
  if (actions.length >= actionsMax) {
    throw new ServiceAbort("too-many-actions", `a transaction has at most ${actionsMax} actions`);
  }
  actions.push({ action, by });
  return nothing;
});

local(transactionHost.name, "addClaim", ({ gathered }, packed) => {
  gathered.claims.push(unpacked(transactionHost.functions.addClaim, packed));
  return nothing;
});

local(transactionHost.name, "actionsOf", ({ gathered }, packed) => {
  const { by } = unpacked(transactionHost.functions.actionsOf, packed);
  const own = gathered.actions.filter((added) => added.by === by).map(({ action }) => action);
  return transactionHost.functions.actionsOf.result.pack(own);
});

local(data, "set", (attempt, args) => {
  const { mode } = unpacked(onData.set, args);
  if (mode === nonTransactional) return undefined;
  return later(attempt, { host: data, method: methodNameConstant("set"), args });
});

local(data, "remove", (attempt, args) => {
  const { mode } = unpacked(onData.remove, args);
  if (mode === nonTransactional) return undefined;
  return later(attempt, { host: data, method: methodNameConstant("remove"), args });
});

local(data, "get", ({ gathered }, args) => {
  const { key, ...place } = unpacked(onData.get, args);
  const own = ownValues(gathered.effects, place);
  return own.has(key) ? onData.get.result.pack(own.get(key)) : undefined;
});

local(data, "keys", (attempt, args) => {
  const { after, ...place } = unpacked(onData.keys, args);
  const own = ownValues(attempt.gathered.effects, place);
  if (own.size === 0) return undefined;
  const listed = listWith(own, after, (from) => {
    const wanted = onData.keys.args.pack(from === undefined ? place : { ...place, after: from });
    const kept = attempt.answer({ host: data, method: methodNameConstant("keys"), args: wanted });
    const read = onData.keys.result.unpack(kept);
    if (!read.ok) throw new TypeError("the supervisor lists keys that are none");
    return read.value;
  });
  return onData.keys.result.pack(listed);
});

local(keysHost.name, "keep", (attempt, args) => {
  const { always } = unpacked(keysHost.functions.keep, args);
  if (always) return undefined;
  return later(attempt, { host: keysHost.name, method: methodNameConstant("keep"), args });
});

local(keysHost.name, "remove", (attempt, args) =>
  later(attempt, { host: keysHost.name, method: methodNameConstant("remove"), args }),
);

for (const name of ["remember", "forget", "connect", "disconnect"] as const) {
  local(sessionHost.name, name, (attempt, args) =>
    later(attempt, { host: sessionHost.name, method: methodNameConstant(name), args }),
  );
}

function later({ gathered }: Attempt, ask: Ask): Uint8Array {
  if (gathered.effects.length >= effectsMax) {
    throw new ServiceAbort("too-many-writes", `a call writes at most ${effectsMax} values`);
  }
  gathered.effects.push(ask);
  return nothing;
}
