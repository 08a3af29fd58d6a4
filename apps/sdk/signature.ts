import { object, type Codec, type Fields, type ObjectValue } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { AnyType } from "@kith/protocol/schema-types";

import { compileMethods } from "./compiled-methods.ts";

/** How a result is packed: any type's codec, or `nothing`. */
export type ResultCodec<Result> = {
  /** Undefined: there is no result. */
  readonly schema: AnyType | undefined;
  /** As a codec has it. */
  readonly prepare?: () => void;
  pack(value: Result): Uint8Array;
  unpack(
    packed: Uint8Array,
  ): { readonly ok: true; readonly value: Result } | { readonly ok: false };
};

const noBytes = new Uint8Array();

/** The result of an action that gives none. */
export const nothing: ResultCodec<void> = {
  schema: undefined,
  pack: () => noBytes,
  unpack: () => ({ ok: true, value: undefined }),
};

/** What an action takes and gives. */
export type Signature<Args, Result> = {
  readonly args: Codec<Args>;
  readonly result: ResultCodec<Result>;
};

/** A signature of whatever types. */
export type AnyMethod = {
  readonly args: Pick<Codec<never>, "schema" | "pack" | "prepare">;
  readonly result: Pick<ResultCodec<unknown>, "schema" | "unpack" | "prepare">;
};

/** A service as its callers see it: its account, and the signatures of its actions. */
export type ServiceInterface<Methods> = { readonly name: AccountName; readonly actions: Methods };

/** Declares an action of a service that is written somewhere else. */
export function signature<F extends Fields, Result>(
  args: F,
  result: ResultCodec<Result>,
): Signature<ObjectValue<F>, Result> {
  return { args: object(args), result };
}

/** Declares a service that is written somewhere else, so that it can be called. */
export function serviceInterface<const Methods extends Readonly<Record<string, AnyMethod>>>(
  name: string,
  actions: Methods,
): ServiceInterface<Methods> {
  compileMethods(actions);
  return { name: accountNameConstant(name), actions };
}

export type ArgsOf<Method> = Method extends { readonly args: Codec<infer Args> } ? Args : never;
export type ResultOf<Method> = Method extends { readonly result: ResultCodec<infer Result> }
  ? Result
  : never;

/** A service's actions as functions. */
export type Callable<Methods> = {
  readonly [Name in keyof Methods]: (args: ArgsOf<Methods[Name]>) => ResultOf<Methods[Name]>;
};
