import type { ResultCodec, ServiceInterface, Signature } from "@kith/sdk/signature";
import type { Codec } from "@kith/sdk/types";

import type { Called } from "./called.ts";

type ArgsOf<Method> = Method extends Signature<infer Args, unknown> ? Args : never;
type ResultOf<Method> = Method extends { readonly result: ResultCodec<infer Value> }
  ? Value
  : never;

/** A service's actions as functions. Each makes a block with one transaction. */
export type Actions<Methods> = {
  readonly [Name in keyof Methods]: (
    args: ArgsOf<Methods[Name]>,
  ) => Called<ResultOf<Methods[Name]>>;
};

type QueryArgs<Query> = Query extends { readonly args: Codec<infer Args> } ? Args : never;
type QueryResult<Query> = Query extends { readonly result: Codec<infer Value> } ? Value : never;

/** A service's typed queries as functions. */
export type Questions<Queries> = {
  readonly [Name in keyof Queries]: (
    args: QueryArgs<Queries[Name]>,
  ) => Promise<Asked<QueryResult<Queries[Name]>>>;
};

/** An answer, or the status, code and message with which there is none. */
export type Asked<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly error: { readonly status: number; readonly code: string; readonly message: string };
    };

/** As `service` of the SDK gives it. */
export type TestedService<Methods, Queries> = ServiceInterface<Methods> & {
  readonly queries: Queries;
};
