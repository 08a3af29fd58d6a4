import { object, type Codec, type Fields, type ObjectValue } from "@kith/protocol/fracpack";
import { ServiceAbort, type QueryHost } from "@kith/protocol/service-abi";

import { argumentsMessage } from "./arguments-message.ts";
import { QueryContext } from "./context.ts";
import type { Described } from "./described.ts";
import type { Signature } from "./signature.ts";
import type { AnyTable } from "./table.ts";

/** A typed question to the service, with the function that answers it. */
export type Query<Args, Result> = Signature<Args, Result> & {
  readonly result: Codec<Result>;
} & AnswersQuery;

type AnswersQuery = Described & {
  readonly answer: (host: QueryHost, tables: readonly AnyTable[], args: Uint8Array) => Uint8Array;
};

/** A query of whatever types. */
export type AnyQuery = AnswersQuery & {
  readonly args: Pick<Codec<never>, "schema" | "prepare">;
  readonly result: Pick<Codec<unknown>, "schema" | "prepare">;
};

/** Answers of a service that has no queries. */
export type NoQueries = Readonly<Record<string, never>>;

/**
 * Declares a query: what it takes, what it gives, and how that is found. It runs at one final height, changes nothing,
 * and may use SQL (`context.sql`). Clients ask `/query/NAME` on the service's subdomain: arguments and answer are JSON as
 * psibase has it (64-bit numbers as texts, bytes as hex), which the node turns into these types. Arguments have at most
 * 64 KiB of JSON, answers at most 1 MiB packed.
 *
 *     const balance = query({ owner: account }, u64, (context, { owner }) => {
 *       return context.table(balances).get({ owner })?.amount ?? 0n;
 *     });
 */
export function query<F extends Fields, Result>(
  args: F,
  result: Codec<Result>,
  run: (context: QueryContext, args: ObjectValue<F>) => Result,
): Query<ObjectValue<F>, Result> {
  return answering({ args: object(args), result }, run);
}

/** What a query takes and gives. */
export type Question<Args, Result> = {
  readonly args: Codec<Args>;
  readonly result: Codec<Result>;
};

/** Declares a query of a service that is written somewhere else, so that clients can ask it. */
export function question<F extends Fields, Result>(
  args: F,
  result: Codec<Result>,
): Question<ObjectValue<F>, Result> {
  return { args: object(args), result };
}

/** Answers a query whose types are declared somewhere else. */
export function answering<Args, Result>(
  { args, result }: Question<Args, Result>,
  run: (context: QueryContext, args: Args) => Result,
): Query<Args, Result> {
  return {
    args,
    result,
    answer: (host, tables, packed) => {
      const given = args.unpack(packed);
      if (!given.ok) throw new ServiceAbort("arguments-malformed", argumentsMessage(given.error));
      return result.pack(run(new QueryContext(host, tables), given.value));
    },
  };
}
