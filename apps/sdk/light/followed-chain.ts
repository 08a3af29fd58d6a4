import { blockIdOfHeader } from "@kith/protocol/blocks";
import { checkpointCodec, type Checkpoint } from "@kith/protocol/checkpoint";
import type { BlockId } from "@kith/protocol/ids";
import {
  followGenesis,
  followHeader,
  headerOfCheckpoint,
  provedAncestors,
  type CertifiedHeader,
  type ProvedHeader,
} from "@kith/protocol/light-client";
import { err, ok, type Result } from "@kith/protocol/result";

import { headerOf, shownHeaderOf, type ShownHeader } from "./answer.ts";
import type { NodeError } from "./ask-node.ts";
import type { LightClientError } from "./light-error.ts";
import { lightPagesMax } from "./limits.ts";
import { listOf, memberOf } from "./members.ts";

type Answered<T> = Promise<Result<T, LightClientError>>;
type Asking = (path: string) => Promise<Result<unknown, NodeError>>;

/**
 * What a light client knows of a network, and how it comes to know more: from headers that somebody shows it, and the changes of
 * producers and the ancestors that it asks for to believe them. It never goes back.
 */
export class FollowedChain {
  readonly #trusted: BlockId | Uint8Array;
  readonly #ask: Asking;
  #checkpoint: Checkpoint | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(trusted: BlockId | Uint8Array, ask: Asking) {
    this.#trusted = trusted;
    this.#ask = ask;
  }

  /** Undefined before anything was proved. */
  get checkpoint(): Checkpoint | undefined {
    return this.#checkpoint;
  }

  /**
   * Proves a header that a node shows. `floor` is what was known when the node was asked: an answer from before is refused, although it may
   * have been true, so that whoever reads twice does not read backwards.
   */
  believe(shown: ShownHeader, floor: number): Answered<ProvedHeader> {
    return this.#inTurn(async (start) => {
      const { blockNum: num } = shown.header;
      if (num < floor) return err({ code: "light-header-stale", num, checkpoint: floor });
      const first = await this.#follow(start, shown);
      if (first.ok || !maySolve(first.error)) return first;
      const changed = await this.#followChanges(start, num);
      return changed.ok ? this.#follow(changed.value, shown) : changed;
    });
  }

  /** What is known, or at first what it is known from. */
  start(): Answered<Checkpoint> {
    return this.#inTurn((start) => Promise.resolve(ok(start)));
  }

  /** The header of a block that is not above the checkpoint. */
  ancestor(num: number): Answered<ProvedHeader> {
    return this.#inTurn((start) => this.#ancestor(start, num));
  }

  /** One after the other: changes are checked once, however many ask at the same time. */
  async #inTurn<T>(work: (start: Checkpoint) => Answered<T>): Answered<T> {
    const before = this.#lastTurn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#lastTurn = promise;
    await before;
    try {
      const start = await this.#start();
      return start.ok ? await work(start.value) : start;
    } finally {
      resolve();
    }
  }

  async #start(): Answered<Checkpoint> {
    if (this.#checkpoint !== undefined) return ok(this.#checkpoint);
    if (typeof this.#trusted !== "string") {
      const kept = checkpointCodec.unpack(this.#trusted);
      if (!kept.ok) return err({ code: "checkpoint-malformed" });
      return ok(this.#advance(kept.value));
    }
    const answer = await this.#ask("/common/light/changes?after=0");
    if (!answer.ok) return answer;
    const header = headerOf(memberOf(answer.value, "genesis"));
    if (header === undefined) return err({ code: "answer-malformed", part: "header" });
    const started = followGenesis(this.#trusted, header);
    return started.ok ? ok(this.#advance(started.value.checkpoint)) : started;
  }

  async #follow(checkpoint: Checkpoint, shown: ShownHeader): Answered<ProvedHeader> {
    const { header, certificate } = shown;
    const { blockNum: num } = header;
    const { block } = checkpoint;
    if (num === block.num) return headerOfCheckpoint(checkpoint, header);
    if (num < block.num) {
      const known = await this.#ancestor(checkpoint, num);
      const id = blockIdOfHeader(header);
      if (!known.ok || known.value.id === id) return known;
      return err({ code: "light-ancestor-wrong", num, id });
    }
    if (certificate === undefined) return err({ code: "light-certificate-missing", num });
    return this.#go(checkpoint, { header, certificate });
  }

  #go(checkpoint: Checkpoint, certified: CertifiedHeader): Result<ProvedHeader, LightClientError> {
    const followed = followHeader(checkpoint, certified);
    if (!followed.ok) return followed;
    this.#advance(followed.value.checkpoint);
    return ok(followed.value.proved);
  }

  /** Those up to block `upTo`: those behind it would make an ancestor of it. */
  async #followChanges(from: Checkpoint, upTo: number): Answered<Checkpoint> {
    let checkpoint = from;
    for (let pages = 0; pages < lightPagesMax; pages += 1) {
      const answer = await this.#ask(`/common/light/changes?after=${checkpoint.block.num}`);
      if (!answer.ok) return answer;
      const changes = listOf(memberOf(answer.value, "changes"), shownHeaderOf);
      if (changes === undefined) return err({ code: "answer-malformed", part: "changes" });
      for (const { header, certificate } of changes) {
        const { blockNum: num } = header;
        if (num > upTo) return ok(checkpoint);
        if (certificate === undefined) return err({ code: "light-certificate-missing", num });
        const gone = this.#go(checkpoint, { header, certificate });
        if (!gone.ok) return gone;
        checkpoint = this.#checkpoint ?? checkpoint;
      }
      if (memberOf(answer.value, "next") === null || changes.length === 0) return ok(checkpoint);
    }
    return err({ code: "light-pages-too-many", pagesMax: lightPagesMax });
  }

  /** Back from the checkpoint's own block, by the ids that headers name. */
  async #ancestor(checkpoint: Checkpoint, num: number): Answered<ProvedHeader> {
    const { block } = checkpoint;
    let at: ProvedHeader | undefined;
    for (let pages = 0; pages < lightPagesMax; pages += 1) {
      const before = at?.header.blockNum ?? block.num + 1;
      const page = await this.#ask(`/common/light/headers?before=${before}`);
      if (!page.ok) return page;
      const headers = listOf(memberOf(page.value, "headers"), headerOf);
      if (headers === undefined) return err({ code: "answer-malformed", part: "headers" });
      const [first, ...rest] = headers;
      // A node keeps no headers from before its log begins.
      if (first === undefined) return err({ code: "light-header-gone", num, oldest: before });
      if (at === undefined && first.blockNum < block.num) {
        return err({ code: "light-header-stale", num: first.blockNum, checkpoint: block.num });
      }
      const from = at === undefined ? headerOfCheckpoint(checkpoint, first) : ok(at);
      if (!from.ok) return from;
      const ancestors = provedAncestors(from.value, at === undefined ? rest : headers);
      if (!ancestors.ok) return ancestors;
      const shown = [from.value, ...ancestors.value];
      const found = shown.find(({ header }) => header.blockNum === num);
      if (found !== undefined) return ok(found);
      at = shown.at(-1);
    }
    return err({ code: "light-pages-too-many", pagesMax: lightPagesMax });
  }

  #advance(checkpoint: Checkpoint): Checkpoint {
    this.#checkpoint = checkpoint;
    return checkpoint;
  }
}

/** Where producers changed between, their changes come first. */
function maySolve({ code }: LightClientError): boolean {
  return code === "light-change-missing" || code === "certificate-of-another-epoch";
}
