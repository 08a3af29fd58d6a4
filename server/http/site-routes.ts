import type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { readBody } from "./body.ts";
import { changesPath } from "./changes-routes.ts";
import { compressReply } from "./compress-reply.ts";
import { publicError } from "./error-answer.ts";
import { answerFile } from "./file-answer.ts";
import type { RequestContext } from "./http-env.ts";
import { queryBodyBytesMax, readyCacheBytesMax, readyEntryBytesMax } from "./limits.ts";
import type { NodePort, Touched } from "./node-port.ts";
import { ReadyCache } from "./ready-cache.ts";
import { replyHeaders } from "./reply-headers.ts";
import { keepPrivate, loginOf, userOf } from "./request-user.ts";
import { SiteFile } from "./site-file.ts";

const sitesService = accountNameConstant("sites");
const noBody = new Uint8Array();
/** The node answers it for every service (decision 0104). */
const graphqlPath = "/graphql";
/** A file of this name is answered only when the node has no other meaning for the request. */
const nodePaths: ReadonlySet<string> = new Set([graphqlPath, changesPath]);

/** What accounts answer on their own subdomain: their service first, then their files. */
export class SiteRoutes {
  readonly #node: NodePort;
  readonly #ready: ReadyCache<SiteFile>;
  /** How often something was forgotten. */
  #touches = 0;

  constructor(node: NodePort, cacheBytesMax: number = readyCacheBytesMax) {
    this.#node = node;
    this.#ready = new ReadyCache(cacheBytesMax);
    node.onTouched((touched) => this.#forget(touched));
  }

  /**
   * The hot path: a file that was answered before, by the URL as the runtime composed it from the Host header and
   * the target. A URL gets into the cache only after both have been checked.
   */
  answerReady(request: Request): Response | Promise<Response> | undefined {
    const file = this.#ready.get(request.url);
    if (file === undefined) return undefined;
    const { method } = request;
    return method === "GET" || method === "HEAD" ? answerFile(file, request) : undefined;
  }

  async answer(request: Request, context: RequestContext): Promise<Response> {
    const account = accountOf(context);
    const isAsked = this.#node.hasServer(account) || context.target.path === graphqlPath;
    if (isAsked && !isServiceWorker(request)) {
      const answered = await this.#askService(account, request, context);
      if (answered !== undefined) return answered;
    }
    if (isPreflight(request)) return openPreflight();
    if (request.method !== "GET" && request.method !== "HEAD") {
      return publicError({
        code: "method-not-allowed",
        method: request.method,
        allow: "GET, HEAD",
      });
    }
    return this.#answerSite(account, request, context);
  }

  async #askService(
    account: AccountName,
    request: Request,
    context: RequestContext,
  ): Promise<Response | undefined> {
    const hasBody = request.method !== "GET" && request.method !== "HEAD";
    const login = loginOf(request);
    const user = login === undefined ? undefined : await userOf(this.#node.logins, login, account);
    if (user?.ok === false) return publicError(user.error);
    const body = hasBody ? await readBody(request, { bytesMax: queryBodyBytesMax }) : undefined;
    if (body?.ok === false) return publicError(body.error);
    const asked = {
      ...requestOf(context),
      method: hasBody ? request.method : "GET",
      headers: headersForService(request.headers, hasBody ? "all" : "of a question"),
      body: body?.value ?? noBody,
    };
    const reply = await this.#node.query(account, asked, user?.value?.user);
    if (!reply.ok) return publicError(reply.error);
    if (reply.value === undefined) return undefined;
    const asks = { request, context };
    if (user?.value !== undefined)
      return keepPrivate(await answerReply(account, reply.value, asks));
    const accepted = request.headers.get("accept-encoding");
    return answerReply(account, await compressReply(reply.value, accepted), asks);
  }

  async #answerSite(
    account: AccountName,
    request: Request,
    context: RequestContext,
  ): Promise<Response> {
    const since = this.#touches;
    const result = await this.#node.query(sitesService, requestOf(context));
    if (!result.ok) return publicError(result.error);
    const reply = result.value;
    if (reply === undefined) return this.#nothing(account, context);
    if (reply.status !== 200) return answerReply(account, reply, { request, context });
    const file = new SiteFile(account, reply, context.host.authority);
    const cacheable =
      context.target.query === "" &&
      !this.#node.hasServer(account) &&
      !nodePaths.has(context.target.path);
    // What a block touched while the answer was on its way may be older than the block.
    const isCurrent = since === this.#touches;
    if (cacheable && isCurrent && file.sizeBytes <= readyEntryBytesMax) {
      this.#keep(request.url, file);
    }
    return answerFile(file, request);
  }

  #keep(url: string, file: SiteFile): void {
    this.#ready.put(url, file);
    file.onGrown = () => this.#ready.recount(url, file);
  }

  #nothing(account: AccountName, context: RequestContext): Response {
    if (this.#node.applied() === undefined) return publicError({ code: "network-not-started" });
    if (!this.#node.hasAccount(account)) {
      return publicError({ code: "account-unknown", name: account });
    }
    return publicError({ code: "not-found", path: context.target.path });
  }

  #forget({ sites, services }: Touched): void {
    if (services || sites === "all" || sites.size > 0) this.#touches++;
    if (services || sites === "all") this.#ready.clear();
    else if (sites.size > 0) this.#ready.dropAccounts(sites);
  }
}

/** psibase: the root host is the home page, and "home" is whose page that is. */
export function accountOf({ host }: RequestContext): AccountName {
  return host.kind === "root" ? accountNameConstant("home") : host.name;
}

function requestOf(context: RequestContext): HttpRequest {
  const { host, target } = context;
  return {
    method: "GET",
    host: host.kind === "root" ? host.authority : `${host.name}.${host.authority}`,
    rootHost: host.authority,
    path: target.rawPath,
    query: target.query.slice(1),
    headers: [],
    body: noBody,
  };
}

/** A service is told who asks, and not how that was proved: cookies and tokens stay here. */
const privateHeaders: ReadonlySet<string> = new Set(["authorization", "cookie", "forwarded"]);

/** All that a GET may depend on: the fewer there are, the more clients share one answer. */
const questionHeaders: ReadonlySet<string> = new Set(["accept", "accept-language"]);

function headersForService(
  headers: Headers,
  which: "all" | "of a question",
): HttpRequest["headers"] {
  const passed: { name: string; value: string }[] = [];
  for (const [name, value] of headers) {
    if (which === "of a question" && !questionHeaders.has(name)) continue;
    if (!privateHeaders.has(name) && !name.startsWith("x-")) passed.push({ name, value });
  }
  return passed.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

type Asked = { readonly request: Request; readonly context: RequestContext };

function answerReply(
  account: AccountName,
  reply: HttpReply,
  { request, context }: Asked,
): Response | Promise<Response> {
  const { authority } = context.host;
  const reads = request.method === "GET" || request.method === "HEAD";
  if (reply.status === 200 && reads) {
    return answerFile(new SiteFile(account, reply, authority), request);
  }
  // A service is a stranger: what is no status becomes "bad gateway".
  const isStatus = reply.status >= 200 && reply.status <= 599;
  const status = isStatus ? reply.status : 502;
  const empty = request.method === "HEAD" || [204, 205, 304].includes(status);
  const headers = replyHeaders(reply, authority);
  return new Response(empty ? null : new Uint8Array(reply.body), { status, headers });
}

/**
 * A service worker rules over all pages of its host, also after whoever put it there is gone: only a file that the owner has
 * published becomes one, never what a service answers (Service Workers, section 3.1; decision 0193).
 */
function isServiceWorker({ headers }: Request): boolean {
  return headers.has("service-worker") || headers.get("sec-fetch-dest") === "serviceworker";
}

function isPreflight(request: Request): boolean {
  return request.method === "OPTIONS" && request.headers.has("access-control-request-method");
}

/** Queries read public state, so every page may send them (psibase, http-requests.md, CORS). */
function openPreflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, HEAD, POST",
      // The star stands for all headers but this one (Fetch Standard, section 4.9).
      "access-control-allow-headers": "*, authorization",
      "access-control-max-age": "600",
    },
  });
}
