import { quorumSize } from "@kith/protocol/certificate";
/** A process of its own, as it is or bundled for browsers: what it takes to follow 100 changes of producers and one more header. */
import { certifiedHeaderCodec } from "@kith/protocol/certificates";
import {
  followGenesis,
  followHeader,
  followHeaders,
  type CertifiedHeader,
} from "@kith/protocol/light-client";
import type { Result } from "@kith/protocol/result";
import { TestChain, testConsensus, testProducer } from "@kith/protocol/test-chain";

const changes = 100;
const headerRounds = 5;

function measure(count: number): object {
  const producers = Array.from({ length: count }, (_, at) => testProducer(at));
  const voters = producers.slice(0, quorumSize("bft", count));
  const chain = new TestChain(testConsensus("bft", producers));
  // The same producers in another order: that is a change as well, and a quorum of them is one of both sets.
  for (let turn = 1; turn <= changes; turn += 1) {
    const turned = [...producers.slice(turn % count), ...producers.slice(0, turn % count)];
    chain.append({ newConsensus: testConsensus("bft", turned) });
    chain.append();
  }
  const certified = ({ blockNum: num }: { readonly blockNum: number }): CertifiedHeader => ({
    header: chain.header(num),
    certificate: chain.certificate({ num, voters }),
  });
  const changed = chain.headers.filter(({ blockNum, newConsensus }) => {
    return blockNum > 1 && newConsensus !== undefined;
  });
  const all = changed.map(certified);
  const newest = certified(chain.append());
  const { checkpoint: start } = valueOf(followGenesis(chain.id, chain.header(1)));
  let sizeBytes = 0;
  for (const each of all) sizeBytes += certifiedHeaderCodec.pack(each).length;
  const startMs = performance.now();
  const checkpoint = valueOf(followHeaders(start, all));
  const changesMs = performance.now() - startMs;
  const headerMs: number[] = [];
  for (let round = 0; round < headerRounds; round += 1) {
    const beforeMs = performance.now();
    valueOf(followHeader(checkpoint, newest));
    headerMs.push(performance.now() - beforeMs);
  }
  const headerBytes = certifiedHeaderCodec.pack(newest).length;
  return { producers: count, sizeBytes, changesMs, headerBytes, headerMs: Math.min(...headerMs) };
}

function valueOf<T>(result: Result<T, { readonly code: string }>): T {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

console.log(JSON.stringify([4, 31, 100].map(measure)));
