import { ChangeHub, type HubMetrics } from "@kith/changes/hub";
import type { AccountName } from "@kith/protocol/ids";

import { parseChangesRequest } from "./changes-request.ts";
import { publicError } from "./error-answer.ts";
import { eventStreamAnswer } from "./event-stream.ts";
import type { RequestContext } from "./http-env.ts";
import { streamLoginMs } from "./limits.ts";
import type { LoginPort } from "./login-port.ts";
import { LoginWatch } from "./login-watch.ts";
import type { NodePort } from "./node-port.ts";
import { loginOf, userOf } from "./request-user.ts";

export const changesPath = "/changes";

/**
 * Only who asks for an event stream by name means the node; others want the page of that name, which many a site has
 * (decision 0105).
 */
export function wantsChanges(request: Request, { target }: RequestContext): boolean {
  if (request.method !== "GET" || target.path !== changesPath) return false;
  return (request.headers.get("accept") ?? "").toLowerCase().includes("text/event-stream");
}

/** What a service's domain streams: `GET /changes`. */
export class ChangesRoutes {
  readonly #hub: ChangeHub;
  readonly #logins: LoginPort;
  readonly #watch: LoginWatch;

  constructor(
    node: NodePort,
    onFault: (fault: unknown) => void,
    recheckMs: number = streamLoginMs,
  ) {
    this.#logins = node.logins;
    this.#watch = new LoginWatch({ logins: node.logins, changes: node.changes, recheckMs });
    this.#hub = new ChangeHub({
      source: node.changes,
      clock: { nowMs: () => performance.now(), after: afterMs },
      onFault,
    });
  }

  get metrics(): HubMetrics {
    return this.#hub.metrics();
  }

  async answer(service: AccountName, request: Request, context: RequestContext): Promise<Response> {
    const { host, target, remoteAddress } = context;
    const lastEventId = request.headers.get("last-event-id");
    const parsed = parseChangesRequest(target.query, lastEventId);
    if (!parsed.ok) return publicError(parsed.error);
    const login = loginOf(request);
    const user = login === undefined ? undefined : await userOf(this.#logins, login, service);
    if (user?.ok === false) return publicError(user.error);
    const stream = this.#hub.open({
      service,
      host: host.kind === "root" ? host.authority : `${host.name}.${host.authority}`,
      rootHost: host.authority,
      user: user?.value?.user,
      ...parsed.value,
      address: remoteAddress(),
    });
    if (!stream.ok) return publicError(stream.error);
    if (login !== undefined && user?.value !== undefined) {
      this.#watch.add({ stream: stream.value, login, service, user: user.value.user });
    }
    return eventStreamAnswer(stream.value);
  }

  /** Ends all streams: their clients come back, and find another node or this one when it runs again. */
  close(): void {
    this.#hub.close();
  }
}

function afterMs(delayMs: number, run: () => unknown): () => void {
  const timer = setTimeout(() => void run(), delayMs);
  return () => clearTimeout(timer);
}
