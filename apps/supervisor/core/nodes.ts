import type { Database } from "./database.ts";
import { Failure } from "./failure.ts";
import { firstAnswer } from "./first-answer.ts";
import { answerMsMax, nodeSilenceMsMax, nodesMsMax } from "./limits.ts";

/** Of a request to a node; the body is sent again to the next one when the first is not there. */
export type NodeRequest = {
  /** The account whose subdomain is asked; left out: the root host. */
  readonly account?: string;
  /** With its query string; begins with a slash. */
  readonly target: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  readonly signal?: AbortSignal;
};

type KnownNodes = { readonly authorities: readonly string[]; readonly atMs: number };

/**
 * The nodes of the network, as far as this browser knows: the one that the page came from, and where else that one says
 * the network is served. What cannot be reached, or says nothing, is passed over until nothing else is left.
 */
export class Nodes {
  /** Root host and port of the node that the page came from. */
  readonly root: string;
  readonly #scheme: string;
  readonly #database: Database;
  readonly #onReach: (isReached: boolean) => void;
  #authorities: readonly string[];
  #preferred = 0;
  #askedAtMs = 0;
  #isReached: boolean | undefined;

  constructor(
    { root, scheme }: { readonly root: string; readonly scheme: string },
    database: Database,
    onReach: (isReached: boolean) => void,
  ) {
    this.root = root;
    this.#scheme = scheme;
    this.#database = database;
    this.#onReach = onReach;
    this.#authorities = [root];
  }

  /** Undefined before the first answer, or the first time without one. */
  get isReached(): boolean | undefined {
    return this.#isReached;
  }

  /** What was known when this browser was here last. */
  async recall(): Promise<void> {
    const known = await this.#database.get("facts", "nodes");
    if (isKnownNodes(known)) this.#add(known.authorities);
  }

  /** The answer of the first node that gives one. Throws `unreachable`, or what the signal ends it with. */
  async fetch(request: NodeRequest): Promise<Response> {
    const all = this.#authorities;
    const first = this.#preferred;
    const inTurn = [...all.slice(first), ...all.slice(0, first)];
    const found = await firstAnswer(
      inTurn,
      (authority, calledOff) => this.#ask(authority, request, calledOff),
      { silenceMs: nodeSilenceMsMax, patienceMs: answerMsMax },
    );
    if (found === undefined) {
      this.#reached(false);
      throw new Failure("unreachable", "no node of the network can be reached");
    }
    this.#preferred = (first + found.place) % all.length;
    this.#reached(true);
    void this.#learn();
    return found.answer;
  }

  /** The address of an account's pages at the node that answered last. */
  addressOf(account: string | undefined, target: string): string {
    return this.#urlAt(this.#authorities[this.#preferred] ?? this.root, account, target);
  }

  async #ask(
    authority: string,
    request: NodeRequest,
    calledOff: AbortSignal,
  ): Promise<Response | undefined> {
    const { account, target, method, headers, body, signal } = request;
    try {
      return await fetch(this.#urlAt(authority, account, target), {
        method,
        headers,
        credentials: "omit",
        ...(body === undefined ? {} : { body }),
        signal: signal === undefined ? calledOff : AbortSignal.any([signal, calledOff]),
      });
    } catch (thrown) {
      if (signal?.aborted === true) throw thrown;
      return undefined;
    }
  }

  #urlAt(authority: string, account: string | undefined, target: string): string {
    const host = account === undefined ? authority : `${account}.${authority}`;
    return `${this.#scheme}//${host}${target}`;
  }

  #reached(isReached: boolean): void {
    if (isReached === this.#isReached) return;
    this.#isReached = isReached;
    this.#onReach(isReached);
  }

  /** Asks, now and then, where else the network is. */
  async #learn(): Promise<void> {
    if (Date.now() - this.#askedAtMs < nodesMsMax) return;
    this.#askedAtMs = Date.now();
    const authority = this.#authorities[this.#preferred] ?? this.root;
    const request = { target: "/common/nodes", method: "GET", headers: {} } as const;
    const answer = await this.#ask(authority, request, AbortSignal.timeout(answerMsMax));
    if (answer?.ok !== true) return;
    const found = authoritiesIn(await answer.json().catch(() => undefined), this.#scheme);
    this.#add(found);
    const facts: KnownNodes = { authorities: this.#authorities, atMs: Date.now() };
    await this.#database.put("facts", facts, "nodes");
  }

  #add(authorities: readonly string[]): void {
    this.#authorities = [...new Set([...this.#authorities, ...authorities])].slice(0, 16);
  }
}

/** `{ nodes: [{ url }] }`; pages that came over https do not go on without it. */
function authoritiesIn(json: unknown, scheme: string): readonly string[] {
  const nodes: unknown = Reflect.get(Object(json), "nodes");
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const url: unknown = Reflect.get(Object(node), "url");
    if (typeof url !== "string" || !URL.canParse(url)) return [];
    const { protocol, host } = new URL(url);
    return protocol === scheme ? [host] : [];
  });
}

function isKnownNodes(value: unknown): value is KnownNodes {
  const authorities: unknown = Reflect.get(Object(value), "authorities");
  return Array.isArray(authorities) && authorities.every((each) => typeof each === "string");
}
