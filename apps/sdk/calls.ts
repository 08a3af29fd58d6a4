import type { AccountName, MethodName } from "@kith/protocol/ids";
import type { QueryHost } from "@kith/protocol/service-abi";

import { abort } from "./abort.ts";
import { compileMethods } from "./compiled-methods.ts";
import type { AnyMethod } from "./signature.ts";

type Methods = Readonly<Record<string, AnyMethod>>;
/** Whom the functions of one set of methods call, and in whose name. */
type Caller = { readonly host: QueryHost; readonly target: AccountName };

/** No method is called like this. */
const callerOf = Symbol("caller");
type Calls = { [callerOf]: Caller };

const prototypes = new WeakMap<Methods, object>();

/** The methods as functions. What they have in common is made once, so that calling one of twenty costs as much as of one. */
export function callsOf(methods: Methods, caller: Caller): object {
  const known = prototypes.get(methods) ?? prototypeOf(methods);
  const calls: Calls = Object.create(known);
  calls[callerOf] = caller;
  return calls;
}

function prototypeOf(methods: Methods): object {
  const prototype = {};
  for (const [name, method] of compileMethods(methods)) {
    const declared = methods[name];
    if (declared === undefined) continue;
    Object.defineProperty(prototype, name, {
      get(this: Calls) {
        const caller = this[callerOf];
        return (given: never) => callMethod(caller, method, declared, given);
      },
    });
  }
  prototypes.set(methods, prototype);
  return prototype;
}

function callMethod(
  { host, target }: Caller,
  method: MethodName,
  { args, result }: AnyMethod,
  given: never,
): unknown {
  const unpacked = result.unpack(host.call(target, method, args.pack(given)));
  if (!unpacked.ok) abort("result-malformed", `${target} gave a result that is none`);
  return unpacked.value;
}
