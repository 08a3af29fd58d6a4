import type { FetchMessage, FrameMessage } from "@kith/sdk/connect/page-messages";

import { factsOf, Failure } from "./failure.ts";
import { openFetchesMax } from "./limits.ts";
import type { NodeRequest, Nodes } from "./nodes.ts";

/** What pages may post: questions that change nothing. */
const postedTargets = /^\/(?:query\/[^?#]*|graphql)$/;

type Headers = Readonly<Record<string, string>>;

/** Questions of one page to services; answers go back as they come. */
export class Fetches {
  readonly #nodes: Nodes;
  readonly #tell: (message: FrameMessage) => void;
  /** What shows a service who asks, where it may know. */
  readonly #credentials: (service: string) => Promise<Headers>;
  readonly #open = new Map<number, AbortController>();

  constructor(
    nodes: Nodes,
    tell: (message: FrameMessage) => void,
    credentials: (service: string) => Promise<Headers>,
  ) {
    this.#nodes = nodes;
    this.#tell = tell;
    this.#credentials = credentials;
  }

  async start(message: FetchMessage): Promise<void> {
    const { id } = message;
    const aborting = new AbortController();
    try {
      if (this.#open.size >= openFetchesMax) {
        throw new Failure("too-many-fetches", `${openFetchesMax} questions are open already`);
      }
      this.#open.set(id, aborting);
      const request = requestOf(
        message,
        message.asUser ? await this.#credentials(message.service) : {},
      );
      const answer = await this.#nodes.fetch({ ...request, signal: aborting.signal });
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
  if (!target.startsWith("/") || /[\r\n]/.test(target + accept + (lastEventId ?? ""))) {
    throw new Failure("target-malformed", "a target begins with a slash");
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
