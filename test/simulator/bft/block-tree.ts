import type { BlockHeader, Consensus, SealedBlock } from "@kith/protocol/block";
import type { BlockPlace } from "@kith/protocol/vote";

type Twig = {
  readonly header: BlockHeader;
  /** The newest block up to here that begins a change of producers; undefined until it is looked for. */
  carrier: string | undefined;
};

/** Every block that anybody made, also those that became nothing: who descends from whom. */
export class BlockTree {
  readonly #twigs = new Map<string, Twig>();

  add({ id, header }: SealedBlock): void {
    if (!this.#twigs.has(id)) this.#twigs.set(id, { header, carrier: undefined });
  }

  header(id: string): BlockHeader | undefined {
    return this.#twigs.get(id)?.header;
  }

  /** The ancestor of this height, or the block itself; undefined when a block on the way is not known. */
  ancestorAt(place: BlockPlace, num: number): string | undefined {
    let { id } = place as { id: string };
    for (let at: number = place.num; at > num; at -= 1) {
      const header = this.header(id);
      if (header === undefined) return undefined;
      id = header.previous;
    }
    return place.num >= num ? id : undefined;
  }

  descends(place: BlockPlace, from: BlockPlace): boolean {
    return this.ancestorAt(place, from.num) === from.id;
  }

  /** Whether neither descends from the other. */
  conflicts(a: BlockPlace, b: BlockPlace): boolean {
    const [low, high] = a.num <= b.num ? [a, b] : [b, a];
    const ancestor = this.ancestorAt(high, low.num);
    return ancestor !== undefined && ancestor !== low.id;
  }

  /** The newest change of producers that begins at or before a block: where it begins, and to whom. */
  change(id: string): { readonly since: number; readonly consensus: Consensus } | undefined {
    const path: Twig[] = [];
    let found: string | undefined;
    for (let at: string = id; found === undefined;) {
      const twig = this.#twigs.get(at);
      if (twig === undefined) return undefined;
      path.push(twig);
      found = twig.header.newConsensus === undefined ? twig.carrier : at;
      at = twig.header.previous;
    }
    for (const twig of path) twig.carrier = found;
    const header = this.header(found);
    const consensus = header?.newConsensus;
    return header && consensus && { since: header.blockNum, consensus };
  }
}
