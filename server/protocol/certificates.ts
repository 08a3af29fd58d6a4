import type { BlockHeader } from "./block.ts";
import { headerCodec } from "./blocks.ts";
import type { Certificate } from "./certificate.ts";
import { blockIdCodec, nodeIdCodec } from "./checksums.ts";
import { ed25519SignatureBytes } from "./ed25519-form.ts";
import { bytesUpTo, custom, list, object, u8, type Codec } from "./fracpack.ts";
import type { CertifiedHeader } from "./light-client.ts";
import { certificateLinksMax, certificateVotesMax } from "./limits.ts";
import { blockNumCodec, termCodec } from "./numbers.ts";
import type { BlockPlace, SignedViewChange, SignedVote } from "./vote.ts";

export const blockPlaceCodec: Codec<BlockPlace> = object({ num: blockNumCodec, id: blockIdCodec });

const signatureCodec: Codec<Uint8Array> = bytesUpTo(ed25519SignatureBytes);

export const signedVoteCodec: Codec<SignedVote> = object({
  epoch: blockNumCodec,
  term: termCodec,
  prepared: blockPlaceCodec,
  committed: blockPlaceCodec,
  node: nodeIdCodec,
  signature: signatureCodec,
});

export const signedViewChangeCodec: Codec<SignedViewChange> = object({
  epoch: blockNumCodec,
  term: termCodec,
  bestEpoch: blockNumCodec,
  bestTerm: termCodec,
  best: blockPlaceCodec,
  node: nodeIdCodec,
  signature: signatureCodec,
});

const kinds = ["prepared", "committed", "led"] as const satisfies readonly Certificate["kind"][];

const kindCodec: Codec<Certificate["kind"]> = custom<Certificate["kind"], number>(u8, {
  encode: (kind) => kinds.indexOf(kind),
  decode: (at) => kinds[at],
});

const linksCodec: Codec<readonly BlockHeader[]> = list(headerCodec, certificateLinksMax);

export const certificateCodec: Codec<Certificate> = object({
  kind: kindCodec,
  epoch: blockNumCodec,
  term: termCodec,
  num: blockNumCodec,
  id: blockIdCodec,
  links: linksCodec,
  votes: list(signedVoteCodec, certificateVotesMax),
});

/** How what a light client asks for travels and is kept. */
export const certifiedHeaderCodec: Codec<CertifiedHeader> = object({
  header: headerCodec,
  certificate: certificateCodec,
});
