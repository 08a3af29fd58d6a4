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

type Local = (attempt: Attempt, args: Uint8Array) => Uint8Array | undefined;

/** What needs nobody outside of the machine: it is known already, or counts only once the call has ended. */
const functions = new Map<string, Local>();

function local(host: AccountName, name: string, run: Local): void {
  functions.set(`${host} ${methodNameConstant(name)}`, run);
}

/** Undefined for what has to be asked. */
export function callLocal(attempt: Attempt, { host, method, args }: Ask): Uint8Array | undefined {
  return functions.get(`${host} ${method}`)?.(attempt, args);
}

const nothing = new Uint8Array();
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
  return later(attempt, { host: data, method: methodNameConstant("set"), args }, mode === 1);
});

local(data, "remove", (attempt, args) => {
  const { mode } = unpacked(onData.remove, args);
  return later(attempt, { host: data, method: methodNameConstant("remove"), args }, mode === 1);
});

/** What this call has written itself is not written yet. */
local(data, "get", ({ gathered }, args) => {
  const wanted = unpacked(onData.get, args);
  for (const effect of gathered.effects.toReversed()) {
    if (effect.host !== data) continue;
    const isSet = effect.method === methodNameConstant("set");
    const { value, ...written } = isSet
      ? unpacked(onData.set, effect.args)
      : { ...unpacked(onData.remove, effect.args), value: undefined };
    if (placeOf(written) === placeOf(wanted)) return onData.get.result.pack(value);
  }
  return undefined;
});

local(keysHost.name, "keep", (attempt, args) => {
  const { always } = unpacked(keysHost.functions.keep, args);
  return later(attempt, { host: keysHost.name, method: methodNameConstant("keep"), args }, always);
});

local(keysHost.name, "remove", (attempt, args) =>
  later(attempt, { host: keysHost.name, method: methodNameConstant("remove"), args }, false),
);

for (const name of ["remember", "forget", "connect", "disconnect"] as const) {
  local(sessionHost.name, name, (attempt, args) =>
    later(attempt, { host: sessionHost.name, method: methodNameConstant(name), args }, false),
  );
}

function later({ gathered }: Attempt, ask: Ask, always: boolean): Uint8Array {
  if (gathered.effects.length >= effectsMax) {
    throw new ServiceAbort("too-many-writes", `a call writes at most ${effectsMax} values`);
  }
  gathered.effects.push({ ...ask, always });
  return nothing;
}

function placeOf(place: object): string {
  return JSON.stringify(Object.entries(place).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function unpacked<Args>(
  { args }: { readonly args: { unpack(packed: Uint8Array): Unpacked<Args> } },
  packed: Uint8Array,
): Args {
  const read = args.unpack(packed);
  if (!read.ok)
    throw new ServiceAbort("arguments-malformed", "the arguments are not what is declared");
  return read.value;
}

type Unpacked<Args> = { readonly ok: true; readonly value: Args } | { readonly ok: false };
