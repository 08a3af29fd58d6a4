import type { AccountName } from "@kith/protocol/ids";

/** Something to hear of: how it is asked for, and what is done with what is told. */
export type Interest = {
  readonly parameter: "rows" | "event" | "graphql" | "path";
  /** Of another service than the one that is subscribed to: answers alone. */
  readonly service?: AccountName;
  readonly value: string;
  /** May take its time: nothing further is read from the network before it is done. */
  readonly onTold: (told: Told) => void | Promise<void>;
};

/** What the node tells about one interest after a block; JSON that has not been looked at yet. */
export type Told = { readonly block: number; readonly told: Readonly<Record<string, unknown>> };

/** Makes a value of JSON from a node, or throws: what it throws ends the subscription. */
export type Parse<T> = (json: unknown) => T;

/** A row that changed: as it is after `block`. */
export type RowChange<Row> = {
  readonly block: number;
  /** The primary key. */
  readonly key: unknown;
  /** Undefined when it was removed, and when it is too large to be told. */
  readonly row: Row | undefined;
  readonly tooLarge: boolean;
};

/** Rows of a table; with `where` those that have, or had, these values in the first fields of an index. */
export function rowsOf<Row>(wanted: {
  readonly table: string;
  readonly where?: Readonly<Record<string, unknown>>;
  readonly parse: Parse<Row>;
  readonly onChange: (change: RowChange<Row>) => void | Promise<void>;
}): Interest {
  const { table, where, parse, onChange } = wanted;
  return {
    parameter: "rows",
    value: where === undefined ? table : JSON.stringify({ table, where }),
    onTold: ({ block, told }) => {
      const { key, row, tooLarge } = told;
      const isThere = row !== null && row !== undefined;
      return onChange({
        block,
        key,
        row: isThere ? parse(row) : undefined,
        tooLarge: tooLarge === true,
      });
    },
  };
}

export type EventTold<Data> = {
  readonly block: number;
  /** The place among the events of the block. */
  readonly position: number;
  readonly data: Data;
};

/** Events of one name. Each is told once, also when the connection breaks in between. */
export function eventsOf<Data>(wanted: {
  readonly event: string;
  readonly parse: Parse<Data>;
  readonly onEvent: (event: EventTold<Data>) => void | Promise<void>;
}): Interest {
  const { event, parse, onEvent } = wanted;
  return {
    parameter: "event",
    value: event,
    onTold: ({ block, told }) =>
      onEvent({ block, position: Number(told["position"]), data: parse(told["data"]) }),
  };
}

/** The answer of a live query after `block`, or why there is none at the moment. */
export type LiveAnswer<Body> =
  | { readonly block: number; readonly status: number; readonly body: Body }
  | { readonly block: number; readonly failed: string };

/** A path of the service, or of another one, answered again whenever that gives another answer. */
export function answersOf<Body>(wanted: {
  readonly service?: AccountName;
  readonly path: string;
  readonly parse: Parse<Body>;
  readonly onAnswer: (answer: LiveAnswer<Body>) => void | Promise<void>;
}): Interest {
  const { service, path, parse, onAnswer } = wanted;
  const interest: Interest = {
    parameter: "path",
    value: path,
    onTold: (told) => onAnswer(answerOf(told, parse)),
  };
  return service === undefined ? interest : { ...interest, service };
}

/** A GraphQL query that stays open; `parse` gets what a GraphQL answer is: `{ data, errors }`. */
export function liveQueryOf<Body>(wanted: {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly parse: Parse<Body>;
  readonly onAnswer: (answer: LiveAnswer<Body>) => void | Promise<void>;
}): Interest {
  const { query, variables, parse, onAnswer } = wanted;
  return {
    parameter: "graphql",
    value: JSON.stringify(variables === undefined ? { query } : { query, variables }),
    onTold: (told) => onAnswer(answerOf(told, parse)),
  };
}

function answerOf<Body>({ block, told }: Told, parse: Parse<Body>): LiveAnswer<Body> {
  const { failed, status, body } = told;
  if (typeof failed === "string") return { block, failed };
  return { block, status: Number(status), body: parse(body) };
}
