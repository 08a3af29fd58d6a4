import type { AccountName } from "@kith/protocol/ids";
import { packText, unpackText } from "@kith/protocol/texts";
import { Gunzip, gzipSync } from "fflate";
import { z, type ZodType } from "zod";

import type { Package } from "./package.ts";
import { accountField } from "./parse-json.ts";

/** What an installation has put on the network: what the next version has to take away. */
export type Manifest = {
  readonly services: readonly AccountName[];
  readonly files: readonly { readonly account: AccountName; readonly path: string }[];
};

const manifestJson: ZodType<ManifestJson> = z.object({
  services: z.record(accountField, z.looseObject({})),
  data: z.array(z.object({ account: accountField, filename: z.string() })),
});
type ManifestJson = {
  readonly services: Readonly<Record<AccountName, object>>;
  readonly data: readonly { readonly account: AccountName; readonly filename: string }[];
};

/** Gzipped JSON, as psibase's Packages service keeps it. */
export function packManifest({ services, files }: Package): Uint8Array {
  const json = {
    services: Object.fromEntries(
      services.map(({ account, info: { flags, server } }) => [account, { flags, server }]),
    ),
    data: files.map(({ account, path }) => ({ account, filename: path })),
  };
  return gzipSync(packText(JSON.stringify(json)), { level: 9, mtime: 0 });
}

/** Undefined when the bytes are no manifest. */
export function unpackManifest(packed: Uint8Array): Manifest | undefined {
  const parsed = manifestJson.safeParse(jsonOf(packed));
  if (!parsed.success) return undefined;
  const { services, data } = parsed.data;
  return {
    services: z.array(accountField).parse(Object.keys(services)),
    files: data.map(({ account, filename }) => ({ account, path: filename })),
  };
}

function jsonOf(packed: Uint8Array): unknown {
  try {
    const parts: Uint8Array[] = [];
    let sizeBytes = 0;
    const stream = new Gunzip((part) => {
      sizeBytes += part.length;
      if (sizeBytes > unpackedBytesMax) throw new RangeError("a manifest is not as long");
      parts.push(part);
    });
    // In small pieces, so that what is too long is noticed early.
    for (let at = 0; at < packed.length; at += pieceBytes) {
      stream.push(packed.subarray(at, at + pieceBytes), at + pieceBytes >= packed.length);
    }
    const json: unknown = JSON.parse(unpackText(new Uint8Array(Buffer.concat(parts))) ?? "");
    return json;
  } catch {
    return undefined;
  }
}

/** Ten thousand files with the longest paths. */
const unpackedBytesMax = 8 * 1024 * 1024;
const pieceBytes = 4096;
