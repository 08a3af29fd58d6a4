import type { FetchMessage, FrameMessage } from "@kith/sdk/connect/page-messages";

import { factsOf, Failure } from "./failure.ts";
import { openFetchesMax } from "./limits.ts";
import type { NodeRequest, Nodes } from "./nodes.ts";

/** What pages may post: questions that change nothing. */
const postedTargets = /^\/(?:query\/[^?#]*|graphql)$/;

type Headers = Readonly<Record<string, string>>;

/** Questions of one page to services; answers go back as they come. */
export class Fetches {
  readonly #nodes: Pick<Nodes, "fetch">;
  readonly #tell: (message: FrameMessage) => void;
  /** What shows a service who asks, where it may know. */
  readonly #credentials: (service: string) => Promise<Headers>;
  readonly #open = new Map<number, AbortController>();

  constructor(
    nodes: Pick<Nodes, "fetch">,
    tell: (message: FrameMessage) => void,
    credentials: (service: string) => Promise<Headers>,
  ) {
    this.#nodes = nodes;
    this.#tell = tell;
    this.#credentials = credentials;
  }

  async start(message: FetchMessage): Promise<void> {
    const { id } = message;
    const refused = this.#refusal(id);
    if (refused !== undefined) {
      this.#tell({ failed: { id, ...factsOf(refused) } });
      return;
    }
    const aborting = new AbortController();
    this.#open.set(id, aborting);
    try {
      const request = requestOf(
        message,
        message.asUser ? await this.#credentials(message.service) : {},
      );
      const answer = await this.#nodes.fetch({
        ...request,
        isStream: true,
        signal: aborting.signal,
      });
      const contentType = answer.headers.get("content-type") ?? "";
      this.#tell({ response: { id, status: answer.status, contentType } });
      await this.#pass(id, answer);
    } catch (thrown) {
      if (!aborting.signal.aborted) this.#tell({ failed: { id, ...factsOf(thrown) } });
    } finally {
      this.#open.delete(id);
    }
  }

  cancel(id: number): void {
    this.#open.get(id)?.abort();
  }

  /** A number that is in use would hide the question that has it. */
  #refusal(id: number): Failure | undefined {
    if (this.#open.has(id)) return new Failure("id-in-use", `question ${id} is open already`);
    if (this.#open.size < openFetchesMax) return undefined;
    return new Failure("too-many-fetches", `${openFetchesMax} questions are open already`);
  }

  async #pass(id: number, { body }: Response): Promise<void> {
    const reader = body?.getReader();
    let isWhole = false;
    try {
      for (;;) {
        const read = await reader?.read();
        if (read?.value === undefined) break;
        this.#tell({ chunk: { id, bytes: read.value } });
      }
      isWhole = true;
    } finally {
      this.#tell({ end: { id, isWhole } });
    }
  }
}

function requestOf(message: FetchMessage, credentials: Headers): NodeRequest {
  const { service: account, target, accept, body, lastEventId } = message;
  if (!isTarget(target) || /[\r\n]/.test(accept + (lastEventId ?? ""))) {
    throw new Failure("target-malformed", "a target is a path and a query, as URLs have them");
  }
  const headers: Record<string, string> = { ...credentials, accept };
  if (lastEventId !== undefined) headers["last-event-id"] = lastEventId;
  if (body === undefined) return { account, target, method: "GET", headers };
  if (!postedTargets.test(target)) {
    throw new Failure("target-not-allowed", "pages post to queries alone; writes are actions");
  }
  headers["content-type"] = "application/json";
  return { account, target, method: "POST", headers, body };
}

/** As the browser will send it: what `..` and the like make of an address is not what was looked at. */
function isTarget(target: string): boolean {
  const base = "http://node";
  if (!target.startsWith("/") || !URL.canParse(base + target)) return false;
  const { origin, pathname, search } = new URL(base + target);
  return origin === base && pathname + search === target;
}
