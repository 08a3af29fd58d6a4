import { bytesWithin } from "./bytes-within.ts";
import type { Database } from "./database.ts";
import { Failure } from "./failure.ts";
import { firstAnswer } from "./first-answer.ts";
import {
  answerBytesMax,
  answerMsMax,
  bodyMsMax,
  bodySilenceMsMax,
  nodeSilenceMsMax,
  nodesMsMax,
} from "./limits.ts";

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
  /** Of the answer's body. */
  readonly bytesMax?: number;
  /** The answer is given as soon as it begins, and may be silent for as long as it likes. */
  readonly isStream?: boolean;
  /** Another node may know more than this answer says, which is given when none does. */
  readonly isPoor?: (answer: Response) => Promise<boolean>;
};

/** How long is waited for the nodes, and for the body of an answer. */
type Waits = {
  readonly silenceMs: number;
  readonly patienceMs: number;
  readonly bodySilenceMs: number;
  readonly bodyMs: number;
};

const usualWaits: Waits = {
  silenceMs: nodeSilenceMsMax,
  patienceMs: answerMsMax,
  bodySilenceMs: bodySilenceMsMax,
  bodyMs: bodyMsMax,
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
  readonly #waits: Waits;
  #authorities: readonly string[];
  #preferred = 0;
  #askedAtMs = 0;
  #isReached: boolean | undefined;
  /** How often a node was heard. */
  #heard = 0;

  constructor(
    {
      root,
      scheme,
      waits = usualWaits,
    }: { readonly root: string; readonly scheme: string; readonly waits?: Waits },
    database: Database,
    onReach: (isReached: boolean) => void,
  ) {
    this.root = root;
    this.#scheme = scheme;
    this.#database = database;
    this.#onReach = onReach;
    this.#waits = waits;
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

  /**
   * The answer of the first node that gives a whole one. Throws `unreachable`, `answer-too-long`, or what the signal ends it
   * with.
   */
  async fetch(request: NodeRequest): Promise<Response> {
    const heardBefore = this.#heard;
    const [all, first] = [this.#authorities, this.#preferred];
    let left = [...all.slice(first), ...all.slice(0, first)];
    let poor: Response | undefined;
    for (;;) {
      const found = await firstAnswer(
        left,
        (authority, calledOff) => this.#ask(authority, request, calledOff),
        this.#waits,
      );
      if (found === undefined) break;
      const authority = left[found.place];
      left = left.filter((other) => other !== authority);
      const answer = await this.#taken(found.answer, request);
      if (answer === undefined) continue;
      this.#hear();
      if ((await request.isPoor?.(answer)) === true) {
        poor = answer;
        continue;
      }
      this.#preferred = all.indexOf(authority ?? this.root);
      void this.#learn();
      return answer;
    }
    if (poor !== undefined) return poor;
    // Who was heard meanwhile is there, whatever became of an older connection.
    if (this.#heard === heardBefore) this.#reached(false);
    throw new Failure("unreachable", "no node of the network can be reached");
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

  /** What is asked for: all of it, or what has begun; undefined when the body breaks off, or never ends. */
  async #taken(answer: Response, request: NodeRequest): Promise<Response | undefined> {
    if (request.isStream === true) return this.#listened(answer);
    const { bodySilenceMs: silenceMs, bodyMs: patienceMs } = this.#waits;
    const { bytesMax = answerBytesMax, signal } = request;
    try {
      const body = await bytesWithin({ bytesMax, silenceMs, patienceMs }, answer);
      return body === undefined ? undefined : withBody(answer, new Uint8Array(body));
    } catch (thrown) {
      if (signal?.aborted === true || thrown instanceof Failure) throw thrown;
      return undefined;
    }
  }

  /** Each part of it is a sign that the node is there. */
  #listened(answer: Response): Response {
    const listening = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (part, passing) => {
        this.#hear();
        passing.enqueue(part);
      },
    });
    return withBody(answer, answer.body?.pipeThrough(listening));
  }

  #urlAt(authority: string, account: string | undefined, target: string): string {
    const host = account === undefined ? authority : `${account}.${authority}`;
    return `${this.#scheme}//${host}${target}`;
  }

  #hear(): void {
    this.#heard++;
    this.#reached(true);
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

function withBody(
  { status, statusText, headers }: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | undefined,
): Response {
  const isEmpty = body === undefined || ("length" in body && body.length === 0);
  // Some statuses allow no body, not even an empty one.
  return new Response(isEmpty ? null : body, { status, statusText, headers });
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
