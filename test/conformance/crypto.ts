import { str } from "@kith/protocol/fracpack";
import { bytesOfTrustedHex, hmacSha256, sha256Hex, toHex } from "@kith/protocol/hashes";
import { accumulatedRoot, emptyMerkle, merkleRoot, pushMerkle } from "@kith/protocol/merkle";

import { isObject, objectOf, objectsAt, textAt, type JsonObject } from "./json.ts";
import { expectEqual, runCase, type CaseResult, type Shape } from "./shape.ts";

/** `{sha256_empty?, merkle?: {emptyRoot, pushes: [{push, rootAfter}]}, hmac_sha256?: [{keyHex, data | dataHex, mac}]}` */
export const cryptoShape: Shape = {
  name: "hashes and Merkle roots",
  matches: ({ json }) =>
    isObject(json) && ["sha256_empty", "merkle", "hmac_sha256"].some((field) => field in json),
  run: ({ json }) => {
    const file = objectOf(json);
    return [
      ...("sha256_empty" in file ? [emptyHash(file)] : []),
      ...("merkle" in file ? merkleCases(objectOf(file["merkle"])) : []),
      ...objectsAt(file, "hmac_sha256").map(hmacCase),
    ];
  },
};

function emptyHash(file: JsonObject): CaseResult {
  return runCase("sha256 of nothing", () =>
    expectEqual(sha256Hex(new Uint8Array()), textAt(file, "sha256_empty")),
  );
}

function merkleCases(merkle: JsonObject): CaseResult[] {
  const items: Uint8Array[] = [];
  let tree = emptyMerkle;
  const ofNothing = runCase("Merkle root of nothing", () =>
    expectEqual(merkleRoot([]), textAt(merkle, "emptyRoot")),
  );
  const pushes = objectsAt(merkle, "pushes").map((push) => {
    const item = str.pack(textAt(push, "push"));
    items.push(item);
    tree = pushMerkle(tree, item);
    const roots = [accumulatedRoot(tree), merkleRoot(items)];
    const expected = textAt(push, "rootAfter");
    return runCase(`Merkle root of ${items.length}`, () =>
      expectEqual(roots, [expected, expected]),
    );
  });
  return [ofNothing, ...pushes];
}

function hmacCase(item: JsonObject, index: number): CaseResult {
  return runCase(`HMAC ${index}`, () => {
    const key = bytesAt(item, "key");
    const mac = toHex(hmacSha256(key, bytesAt(item, "data")));
    return expectEqual(mac, textAt(item, "mac"));
  });
}

function bytesAt(item: JsonObject, field: string): Uint8Array {
  return `${field}Hex` in item
    ? bytesOfTrustedHex(textAt(item, `${field}Hex`))
    : new TextEncoder().encode(textAt(item, field));
}
