import { zValidator } from "@hono/zod-validator";
import type { BlockHeader } from "@kith/protocol/block";
import { blockIdOfHeader, headerCodec } from "@kith/protocol/blocks";
import { certificateCodec } from "@kith/protocol/certificates";
import { toHex } from "@kith/protocol/hashes";
import { blockNumOf } from "@kith/protocol/ids";
import { Hono } from "hono";
import { z } from "zod";

import { errorAnswer } from "./error-answer.ts";
import type { HttpEnv } from "./http-env.ts";
import type { FinalHeader, LightPort } from "./light-port.ts";
import { lightChangesPerPage, lightHeadersPerPageMax } from "./limits.ts";
import { onlyMethods } from "./method-not-allowed.ts";
import { blockNum, wholeNumber } from "./parameters.ts";
import { refuseInvalid } from "./refuse-invalid.ts";

const changesQuery = z.strictObject({ after: blockNum.default(blockNumOf(0)) });
const headerQuery = z.strictObject({ num: blockNum.optional() });
const headersQuery = z.strictObject({
  before: blockNum,
  limit: wholeNumber(lightHeadersPerPageMax)
    .refine((limit) => limit > 0, "at least 1")
    .default(lightHeadersPerPageMax),
});

/**
 * What a client that believes no node follows a network by, on every domain: how the producers changed, and headers with the
 * signatures of a quorum. Nothing here needs to be believed; `@kith/sdk/light-client` checks it.
 */
export function lightRoutes(light: LightPort): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.get(
    "/common/light/changes",
    zValidator("query", changesQuery, refuseInvalid),
    (context) => {
      const genesis = light.genesis();
      if (genesis === undefined) return errorAnswer({ code: "network-not-started" });
      const { after } = context.req.valid("query");
      const changes = light.changes(after, lightChangesPerPage + 1);
      const page = changes.slice(0, lightChangesPerPage);
      const last = page.at(-1)?.header.blockNum;
      return context.json({
        ...(after === 0 ? { genesis: headerJson(genesis) } : {}),
        changes: page.map(finalHeaderJson),
        next: changes.length > page.length && last !== undefined ? last : null,
      });
    },
  );
  routes.get(
    "/common/light/header",
    zValidator("query", headerQuery, refuseInvalid),
    async (context) => {
      const certified = await light.certified(context.req.valid("query").num);
      if (!certified.ok) return errorAnswer(certified.error);
      return context.json(finalHeaderJson(certified.value));
    },
  );
  routes.get(
    "/common/light/headers",
    zValidator("query", headersQuery, refuseInvalid),
    (context) => {
      const { before, limit } = context.req.valid("query");
      return context.json({ headers: light.headersBefore(before, limit).map(headerJson) });
    },
  );
  for (const path of lightPaths) routes.all(path, onlyMethods("GET, HEAD"));
  return routes;
}

const lightPaths = ["/common/light/changes", "/common/light/header", "/common/light/headers"];

/** As in proofs: the packed header, whose sha256 is the id. */
function headerJson(header: BlockHeader): object {
  const bytes = toHex(headerCodec.pack(header)).toUpperCase();
  return { num: header.blockNum, id: blockIdOfHeader(header), bytes };
}

/** The genesis block is final without a certificate. */
function finalHeaderJson({ header, certificate }: FinalHeader): object {
  const packed = certificate === undefined ? undefined : certificateCodec.pack(certificate);
  return {
    header: headerJson(header),
    certificate: packed === undefined ? null : toHex(packed).toUpperCase(),
  };
}
