import { zValidator } from "@hono/zod-validator";
import { toHex } from "@kith/protocol/hashes";
import { parseTransactionId, type TransactionId } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { eventProofJson, rowProofJson } from "@kith/protocol/proof-json";
import type { Result } from "@kith/protocol/result";
import { Hono, type Context } from "hono";
import { z } from "zod";

import { certifiedProof, type UnderHeader } from "./certified-proof.ts";
import { errorAnswer } from "./error-answer.ts";
import type {
  CarryingHeader,
  EventsPage,
  EventsQuery,
  HistoryError,
  HistoryPort,
  KeptEvent,
  ProvedEvent,
  ProvedRow,
} from "./history-port.ts";
import type { HttpEnv } from "./http-env.ts";
import { isoOfMicroseconds } from "./iso-time.ts";
import type { LightPort } from "./light-port.ts";
import {
  eventsAnswerBytesMax,
  eventsPerPageDefault,
  eventsPerPageMax,
  rowKeyCharsMax,
} from "./limits.ts";
import { onlyMethods } from "./method-not-allowed.ts";
import { blockNum, wholeNumber } from "./parameters.ts";
import { refuseInvalid } from "./refuse-invalid.ts";

const account = z.string().transform((text, context) => {
  const name = parseAccountName(text);
  if (name.ok) return name.value;
  context.addIssue("an account name has 1 to 10 characters of a-z, 0-9 and -");
  return z.NEVER;
});

const name = z.string().min(1).max(128);

const eventsParameters = z
  .strictObject({
    service: account,
    event: name.optional(),
    index: name.optional(),
    value: z.string().max(4096).optional(),
    from: blockNum.optional(),
    to: blockNum.optional(),
    after: wholeNumber(Number.MAX_SAFE_INTEGER).optional(),
    limit: wholeNumber(eventsPerPageMax)
      .refine((limit) => limit > 0, "at least 1")
      .default(eventsPerPageDefault),
    reverse: z.enum(["true", "false"]).default("false"),
  })
  .refine(({ index, value }) => (index === undefined) === (value === undefined), {
    path: ["index"],
    message: "index and value belong together",
  })
  .refine(({ index, event }) => index === undefined || event !== undefined, {
    path: ["index"],
    message: "an index is one of an event",
  });

/** Whoever believes no node gets the certificate of the header with it. */
const certifiedFlag = z.enum(["true", "false"]).default("false");

const eventProofQuery = z.strictObject({ at: blockNum.optional(), certified: certifiedFlag });

const eventPlace = z.object({
  transaction: z.string().transform((text, context): TransactionId => {
    const id = parseTransactionId(text);
    if (id.ok) return id.value;
    context.addIssue("a transaction id is 64 hex digits in lower case");
    return z.NEVER;
  }),
  index: wholeNumber(0xffff_ffff),
});

const rowParameters = z.strictObject({
  certified: certifiedFlag,
  service: account,
  table: name,
  key: z
    .string()
    .max(rowKeyCharsMax)
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue("the key is not JSON");
        return z.NEVER;
      }
    }),
});

/** What happened, and proofs of that and of rows, on every domain of the network. */
export function historyRoutes(history: HistoryPort, light: LightPort): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.get("/common/events", zValidator("query", eventsParameters, refuseInvalid), (context) => {
    const found = history.events(queryOf(context.req.valid("query")));
    return found.ok ? context.json(pageJson(found.value)) : errorAnswer(found.error);
  });
  routes.get(
    "/common/proof/event/:transaction/:index",
    zValidator("param", eventPlace, refuseInvalid),
    zValidator("query", eventProofQuery, refuseInvalid),
    async (context) => {
      const { transaction, index } = context.req.valid("param");
      const { at, certified } = context.req.valid("query");
      const prove = () => history.proveEvent(transaction, index, at);
      const wanted = { light, isCertified: certified === "true", prove };
      return answerProof(context, wanted, provedEventJson);
    },
  );
  routes.get(
    "/common/proof/row",
    zValidator("query", rowParameters, refuseInvalid),
    async (context) => {
      const { service, table, key, certified } = context.req.valid("query");
      const prove = () => history.proveRow(service, table, key);
      const wanted = { light, isCertified: certified === "true", prove };
      return answerProof(context, wanted, provedRowJson);
    },
  );
  for (const path of historyPaths) routes.all(path, onlyMethods("GET, HEAD"));
  return routes;
}

type WantedProof<T> = {
  readonly light: LightPort;
  readonly isCertified: boolean;
  readonly prove: () => Result<T, HistoryError>;
};

/** The proof, and where that is wanted what shows that the header is final under which it stands. */
async function answerProof<T extends UnderHeader>(
  context: Context<HttpEnv>,
  { light, isCertified, prove }: WantedProof<T>,
  jsonOf: (proved: T) => object,
): Promise<Response> {
  if (!isCertified) {
    const proved = prove();
    return proved.ok ? context.json(jsonOf(proved.value)) : errorAnswer(proved.error);
  }
  const proved = await certifiedProof(light, prove);
  if (!proved.ok) return errorAnswer(proved.error);
  const { proof, certificate } = proved.value;
  return context.json({ ...jsonOf(proof), certificate });
}

const historyPaths = [
  "/common/events",
  "/common/proof/event/:transaction/:index",
  "/common/proof/row",
];

type EventsParameters = z.infer<typeof eventsParameters>;

function queryOf(given: EventsParameters): EventsQuery {
  const { service, event, index, value, from, to, after, limit, reverse } = given;
  return {
    service,
    ...(event === undefined ? {} : { event }),
    ...(index === undefined || value === undefined ? {} : { index: { field: index, value } }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(after === undefined ? {} : { after }),
    limit,
    reverse: reverse === "true",
  };
}

/** As many events as fit an answer, and at least one; the cursor leads on from the last of them. */
function pageJson(page: EventsPage): Record<string, unknown> {
  const events: KeptEvent[] = [];
  let sizeBytes = 0;
  for (const event of page.events) {
    sizeBytes += event.sizeBytes;
    if (events.length > 0 && sizeBytes > eventsAnswerBytesMax) break;
    events.push(event);
  }
  const more = page.more || events.length < page.events.length;
  const last = events.at(-1);
  return {
    events: events.map(eventJson),
    next: more && last !== undefined ? String(last.sequence) : null,
    oldest: page.oldest,
    newest: page.newest,
    gaps: page.gaps,
  };
}

function eventJson(event: KeptEvent): Record<string, unknown> {
  const { sequence, sizeBytes: _, blockTime, ...facts } = event;
  return { sequence: String(sequence), ...facts, blockTime: isoOfMicroseconds(blockTime) };
}

function provedEventJson({ event, proof, num, root, header }: ProvedEvent): object {
  return {
    event: eventJson(event),
    proof: eventProofJson(proof),
    num,
    eventRoot: root,
    header: headerJson(header),
  };
}

function provedRowJson({ row, proof, num, root, header }: ProvedRow): object {
  return {
    row: row === undefined ? null : toHex(row.packed).toUpperCase(),
    value: row?.value ?? null,
    proof: rowProofJson(proof),
    num,
    stateRoot: root,
    header: headerJson(header),
  };
}

function headerJson(header: CarryingHeader | undefined): unknown {
  if (header === undefined) return null;
  const { num, id, bytes } = header;
  return { num, id, bytes: toHex(bytes).toUpperCase() };
}
