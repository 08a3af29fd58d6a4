import type { BlockHeader, Consensus, Producer } from "./block.ts";
import { blockIdOfHeader, consensusStateOf } from "./blocks.ts";
import type { Certificate } from "./certificate.ts";
import {
  consensusAfter,
  consensusUnder,
  noConsensus,
  type ConsensusPoint,
} from "./consensus-point.ts";
import { ed25519PublicKey, ed25519Signer } from "./ed25519.ts";
import { sha256Hex, toHex, zeroChecksum } from "./hashes.ts";
import { blockIdOf, blockNumOf, nodeIdOf, termOf, type BlockId, type Checksum } from "./ids.ts";
import { accountNameConstant } from "./names.ts";
import { voteStatement, type BlockPlace, type SignedVote, type Vote } from "./vote.ts";

/** What stands behind tests of certificates: producers with real keys, and a chain of headers that they vote on. */

export type TestProducer = Producer & { readonly sign: (statement: Uint8Array) => Uint8Array };

const madeProducers = new Map<number, TestProducer>();

/** `number` from 0 to 99; the same number is always the same producer. */
export function testProducer(number: number): TestProducer {
  const known = madeProducers.get(number);
  if (known !== undefined) return known;
  const secret = new Uint8Array(32).fill(number + 1);
  const account = accountNameConstant(`p${String.fromCharCode(97 + (number % 26))}-${number}`);
  const node = nodeIdOf(toHex(ed25519PublicKey(secret)));
  const producer = { account, node, sign: ed25519Signer(secret) };
  madeProducers.set(number, producer);
  return producer;
}

export function testConsensus(
  algorithm: Consensus["algorithm"],
  producers: readonly TestProducer[],
): Consensus {
  return { algorithm, producers: producers.map(({ account, node }) => ({ account, node })) };
}

export function signTestVote(chain: BlockId, vote: Vote, producer: TestProducer): SignedVote {
  return { ...vote, node: producer.node, signature: producer.sign(voteStatement(chain, vote)) };
}

type NextHeader = {
  readonly term?: number;
  /** The block before this one when left out. */
  readonly commitNum?: number;
  readonly newConsensus?: Consensus;
  readonly stateRoot?: Checksum;
  readonly eventRoot?: Checksum;
};

type WantedCertificate = {
  readonly num: number;
  readonly voters: readonly TestProducer[];
  /** What they vote for; `num` when left out. */
  readonly upTo?: number;
  readonly kind?: Certificate["kind"];
  readonly term?: number;
  readonly epoch?: number;
};

/** Headers that follow each other by the rules, without contents. */
export class TestChain {
  readonly headers: BlockHeader[] = [];
  readonly points: ConsensusPoint[] = [];

  constructor(first: Consensus) {
    this.append({ newConsensus: first, commitNum: 0 });
  }

  get id(): BlockId {
    return this.placeAt(1).id;
  }

  header(num: number): BlockHeader {
    const header = this.headers[num - 1];
    if (header === undefined) throw new Error(`there is no block ${num}`);
    return header;
  }

  /** The rules after block `num`. */
  point(num: number): ConsensusPoint {
    return this.points[num - 1] ?? noConsensus;
  }

  placeAt(num: number): BlockPlace {
    return { num: blockNumOf(num), id: blockIdOfHeader(this.header(num)) };
  }

  append(next: NextHeader = {}): BlockHeader {
    const num = this.headers.length + 1;
    const { newConsensus } = next;
    const before = this.point(num - 1);
    const commitNum = next.commitNum ?? num - 1;
    const root = sha256Hex(Uint8Array.of(num & 0xff, num >> 8));
    const header: BlockHeader = {
      previous: num === 1 ? blockIdOf(zeroChecksum) : this.placeAt(num - 1).id,
      blockNum: blockNumOf(num),
      time: num * 1_000_000,
      producer: accountNameConstant("prod"),
      term: termOf(next.term ?? (num === 1 ? 0 : this.header(num - 1).term)),
      commitNum: blockNumOf(commitNum),
      consensusState: consensusStateOf(consensusUnder(before, commitNum).joint),
      trxMerkleRoot: zeroChecksum,
      executedNum: blockNumOf(Math.max(0, num - 2)),
      stateRoot: next.stateRoot ?? root,
      eventRoot: next.eventRoot ?? root,
      ...(newConsensus === undefined ? {} : { newConsensus }),
    };
    this.headers.push(header);
    this.points.push(consensusAfter(before, header));
    return header;
  }

  /** Also such as nobody should believe. */
  certificate(wanted: WantedCertificate): Certificate {
    const { num, kind = "committed", upTo = num } = wanted;
    const epoch = blockNumOf(wanted.epoch ?? this.point(num).epoch);
    const term = termOf(wanted.term ?? this.header(num).term);
    const place = this.placeAt(upTo);
    const vote: Vote = { epoch, term, prepared: place, committed: place };
    const votes = wanted.voters.map((voter) => signTestVote(this.id, vote, voter));
    votes.sort((a, b) => (a.node < b.node ? -1 : 1));
    return { kind, epoch, term, ...this.placeAt(num), links: this.headers.slice(num, upTo), votes };
  }
}
