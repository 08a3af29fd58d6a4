import { accountNameConstant } from "@kith/protocol/names";
import { Hono } from "hono";

import { adminRoutes } from "./admin-routes.ts";
import { ChangesRoutes, wantsChanges } from "./changes-routes.ts";
import { commonRoutes } from "./common-routes.ts";
import { defused, isCookieBomb } from "./cookie-bomb.ts";
import { errorAnswer } from "./error-answer.ts";
import { parseHost, portOf } from "./host.ts";
import type { AddressOf, HttpEnv, RequestContext } from "./http-env.ts";
import type { RequestError } from "./http-error.ts";
import { headerBytesMax } from "./limits.ts";
import type { AnswerCounts, NodeMeter } from "./node-meter.ts";
import type { NodePort } from "./node-port.ts";
import { parseTarget, type RequestTarget } from "./request-target.ts";
import { healthPaths, rootRoutes } from "./root-routes.ts";
import { sessionRoutes } from "./session-routes.ts";
import { accountOf, SiteRoutes } from "./site-routes.ts";
import type { SnapshotPort } from "./snapshot-port.ts";
import { transactRoutes } from "./transact-routes.ts";

export type AppOptions = {
  /** The network's name in lower case, without a port: `kith.localhost`. */
  readonly rootHost: string;
  /** Secrets that stand for the people who run this node. */
  readonly adminKeys: readonly string[];
  /** Left out where there are none. */
  readonly snapshots?: SnapshotPort;
  /** Told of a fault in this program that one request met. */
  readonly onFault: (fault: unknown) => void;
  readonly finalityTimeoutMs?: number;
  readonly readyCacheBytesMax?: number;
  readonly streamLoginMs?: number;
};

export type App = {
  fetch(request: Request, addressOf: AddressOf): Response | Promise<Response>;
  /** Ends what would never end by itself. */
  close(): void;
};

const transactService = accountNameConstant("transact");
const adminService = accountNameConstant("x-admin");

/** Everything that this node says over HTTP, in front of whatever runtime serves it. */
export function createApp(node: NodePort, options: AppOptions): App {
  const counts: AnswerCounts = { ready: 0, routed: 0, clientErrors: 0, faults: 0 };
  const sites = new SiteRoutes(node, options.readyCacheBytesMax);
  const changes = new ChangesRoutes(node, options.onFault, options.streamLoginMs);
  const route = router(node, { sites, changes }, { ...options, counts });

  async function answerRouted(request: Request, addressOf: AddressOf): Promise<Response> {
    try {
      const answer = await checkAndRoute(request, addressOf);
      counts.routed++;
      if (answer.status >= 400 && answer.status < 500) counts.clientErrors++;
      return answer;
    } catch (fault) {
      counts.faults++;
      options.onFault(fault);
      return errorAnswer({ code: "internal-error" });
    }
  }

  async function checkAndRoute(request: Request, addressOf: AddressOf): Promise<Response> {
    if (headerBytes(request.headers) > headerBytesMax) {
      return errorAnswer({ code: "headers-too-large", bytesMax: headerBytesMax });
    }
    const target = parseTarget(request.url);
    if (!target.ok) return errorAnswer(target.error);
    const host = parseHost(request.headers.get("host"), options.rootHost);
    if (!host.ok)
      return answerStranger(request, { addressOf, error: host.error, target: target.value });
    const context: RequestContext = {
      host: host.value,
      target: target.value,
      remoteAddress: () => addressOf(request),
    };
    return route(request, context);
  }

  /** By another name than the network's, such as an address, this node only tells the way and the public facts. */
  function answerStranger(request: Request, stranger: Stranger): Response | Promise<Response> {
    const { error, target } = stranger;
    const reads = request.method === "GET" || request.method === "HEAD";
    if (error.code !== "host-unknown" || !reads) return errorAnswer(error);
    const authority = options.rootHost + portOf(error.host);
    if (!target.path.startsWith("/common/") && !healthPaths.includes(target.path)) {
      const headers = { location: `//${authority}/`, "cache-control": "no-store" };
      return new Response(null, { status: 302, headers });
    }
    const host = { kind: "root", authority } as const;
    return route(request, { host, target, remoteAddress: () => stranger.addressOf(request) });
  }

  return {
    fetch(request, addressOf) {
      const ready = sites.answerReady(request);
      if (ready !== undefined) counts.ready++;
      const answer = ready ?? answerRouted(request, addressOf);
      return isCookieBomb(request.headers) ? defused(answer) : answer;
    },
    close: () => changes.close(),
  };
}

type Stranger = {
  readonly error: RequestError;
  readonly target: RequestTarget;
  readonly addressOf: AddressOf;
};

type RouterOptions = AppOptions & { readonly counts: AnswerCounts };
type Route = (request: Request, context: RequestContext) => Response | Promise<Response>;

type SharedRoutes = { readonly sites: SiteRoutes; readonly changes: ChangesRoutes };

function router(node: NodePort, { sites, changes }: SharedRoutes, options: RouterOptions): Route {
  const common = new Hono<HttpEnv>().route("/", sessionRoutes(node)).route("/", commonRoutes(node));
  let meter: Promise<NodeMeter> | undefined;
  // Many nodes are never asked, and what counts for them takes a while to load.
  const openMeter = async (): Promise<NodeMeter> =>
    (await import("./node-meter.ts")).openMeter(node, options.counts, changes);
  const root = withCommon(common).route(
    "/",
    rootRoutes(node, () => (meter ??= openMeter())),
  );
  root.all("*", (context) => redirectHome(context.env));
  const transact = withCommon(common).route("/", transactRoutes(node, options));
  transact.all("*", (context) => sites.answer(context.req.raw, context.env));
  const admin = withCommon(common).route("/", adminRoutes(node, options));
  admin.all("*", (context) => sites.answer(context.req.raw, context.env));
  const account = withCommon(common);
  account.all("*", (context) => sites.answer(context.req.raw, context.env));
  return (request, context) => {
    if (wantsChanges(request, context)) {
      return changes.answer(accountOf(context), request, context);
    }
    if (context.host.kind === "root") return root.fetch(request, context);
    if (context.host.name === transactService) return transact.fetch(request, context);
    if (context.host.name === adminService) return admin.fetch(request, context);
    return account.fetch(request, context);
  };
}

/** A handler that throws is a fault of this program: it is told, not dressed up as an answer of the route. */
function withCommon(common: Hono<HttpEnv>): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.onError((fault) => {
    throw fault;
  });
  return routes.route("/", common);
}

/** psibase: the root host has no page of its own. The scheme and the port stay as the client has them. */
function redirectHome({ host, target }: RequestContext): Response {
  const location = `//home.${host.authority}${target.rawPath}${target.query}`;
  return new Response(null, { status: 308, headers: { location } });
}

/** Without cookies, which a page's own app may not have set. */
function headerBytes(headers: Headers): number {
  let sizeBytes = 0;
  for (const [name, value] of headers) {
    if (name !== "cookie") sizeBytes += name.length + value.length + 4;
  }
  return sizeBytes;
}
