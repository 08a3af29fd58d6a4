import { ChangeHub, type HubMetrics } from "@kith/changes/hub";
import type { AccountName } from "@kith/protocol/ids";

import { parseChangesRequest } from "./changes-request.ts";
import { errorAnswer } from "./error-answer.ts";
import { eventStreamAnswer } from "./event-stream.ts";
import type { RequestContext } from "./http-env.ts";
import type { NodePort } from "./node-port.ts";

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

  constructor(node: NodePort, onFault: (fault: unknown) => void) {
    this.#hub = new ChangeHub({
      source: node.changes,
      clock: { nowMs: () => performance.now(), after: afterMs },
      onFault,
    });
  }

  get metrics(): HubMetrics {
    return this.#hub.metrics();
  }

  answer(service: AccountName, request: Request, context: RequestContext): Response {
    const { host, target, remoteAddress } = context;
    const lastEventId = request.headers.get("last-event-id");
    const parsed = parseChangesRequest(target.query, lastEventId);
    if (!parsed.ok) return errorAnswer(parsed.error);
    const stream = this.#hub.open({
      service,
      host: host.kind === "root" ? host.authority : `${host.name}.${host.authority}`,
      rootHost: host.authority,
      ...parsed.value,
      address: remoteAddress(),
    });
    return stream.ok ? eventStreamAnswer(stream.value) : errorAnswer(stream.error);
  }

  /** Ends all streams: their clients come back, and find another node or this one when it runs again. */
  close(): void {
    this.#hub.close();
  }
}

function afterMs(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
