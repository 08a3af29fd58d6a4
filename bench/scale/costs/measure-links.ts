import { randomBytes } from "node:crypto";

import { ed25519PublicKey } from "@kith/protocol/ed25519";
import { toHex } from "@kith/protocol/hashes";
import { nodeIdOf } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import { encodeNodeMessage } from "@kith/protocol/node-messages";
import { systemClock } from "@kith/replica/system-clock";
import { acceptBunSocket, type AcceptedSocket } from "@kith/transport/link-socket";
import { openLinks, type Links } from "@kith/transport/links";

import { micros, type Costs, type Linear } from "./costs.ts";
import { sampleChain, sampleMessages } from "./samples.ts";
import { cpuTimeOf, throughPoints } from "./stopwatch.ts";

const peerCount = 15;
const roundsOfVotes = 400;
const roundsOfBlocks = 40;

type End = { readonly links: Links; received: number };

/**
 * What one end of a link takes for a message, beside decoding it: one node tells fifteen others the same over encrypted
 * WebSockets of this machine, all of them in this process. Both ends are measured together; each counts for half.
 */
export async function measureLinks(decode: Costs["decode"]): Promise<Linear> {
  const hub = openEnd(0, []);
  const server = serve(hub.links);
  const addresses = [`ws://127.0.0.1:${server.port}`];
  const peers = Array.from({ length: peerCount }, (_, at) => openEnd(at + 1, addresses));
  try {
    await until(() => hub.links.connected().length === peerCount);
    const [vote] = sampleMessages("vote");
    const [, proposal] = sampleMessages("proposal");
    if (vote === undefined || proposal === undefined) throw new Error("there are samples");
    await tellAll(hub, peers, { message: vote, rounds: roundsOfVotes });
    const points = [];
    for (const [message, rounds] of [
      [vote, roundsOfVotes],
      [proposal, roundsOfBlocks],
    ] as const) {
      const sizeBytes = encodeNodeMessage(message).length;
      const both = await cpuTimeOf(rounds * peerCount, () =>
        tellAll(hub, peers, { message, rounds }),
      );
      points.push({ sizeBytes, takes: (both - micros(decode(message.kind), sizeBytes)) / 2 });
    }
    const [small, large] = points;
    if (small === undefined || large === undefined) throw new Error("both were measured");
    return throughPoints(small, large);
  } finally {
    for (const { links } of [hub, ...peers]) links.close();
    await server.stop(true);
  }
}

type Telling = { readonly message: ConsensusMessage; readonly rounds: number };

/** A turn of the event loop for each round, as a node has between two things that it says. */
async function tellAll(
  hub: End,
  peers: readonly End[],
  { message, rounds }: Telling,
): Promise<void> {
  for (const peer of peers) peer.received = 0;
  for (let round = 1; round <= rounds; round += 1) {
    for (const node of hub.links.connected()) hub.links.send(node, message);
    await until(() => peers.every(({ received }) => received === round));
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setImmediate(done));
}

function openEnd(number: number, addresses: readonly string[]): End {
  const secretKey = new Uint8Array(32).fill(number + 1);
  const nodeId = nodeIdOf(toHex(ed25519PublicKey(secretKey)));
  const end: { links: Links | undefined; received: number } = { links: undefined, received: 0 };
  const links = openLinks({
    identity: { secretKey, nodeId },
    chainId: sampleChain.id,
    addresses,
    onMessage: () => {
      end.received += 1;
    },
    clock: systemClock,
    randomBytes: (count) => randomBytes(count),
  });
  return Object.assign(end, { links });
}

type Data = { accepted: AcceptedSocket | undefined };

function serve(links: Links): Bun.Server<Data> {
  return Bun.serve<Data>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, server) =>
      server.upgrade(request, { data: { accepted: undefined } }) ? undefined : new Response(),
    websocket: {
      maxPayloadLength: 64 * 1024,
      perMessageDeflate: false,
      open: (socket) => {
        socket.data.accepted = acceptBunSocket(socket);
        links.accept(socket.data.accepted.socket);
      },
      message: (socket, data) => socket.data.accepted?.message(data),
      close: (socket, code, reason) => socket.data.accepted?.closed(code, reason),
      drain: (socket) => socket.data.accepted?.drained(),
    },
  });
}
