import { verifyEd25519 } from "@kith/protocol/ed25519";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";

import { isListOf, textAt } from "./json.ts";
import { expectEqual, runCase, type Shape } from "./shape.ts";

const fields = ["message", "publicKey", "signature", "valid"];

/** `[{message, publicKey, signature, valid}]` in hex */
export const ed25519Shape: Shape = {
  name: "Ed25519 signatures",
  matches: ({ json }) => isListOf(json, fields),
  run: ({ json }) =>
    (isListOf(json, fields) ? json : []).map((item, index) =>
      runCase(`case ${index}`, () => {
        const message = bytesOfTrustedHex(textAt(item, "message"));
        const publicKey = bytesOfTrustedHex(textAt(item, "publicKey"));
        const signature = bytesOfTrustedHex(textAt(item, "signature"));
        return expectEqual(verifyEd25519(message, publicKey, signature), item["valid"]);
      }),
    ),
};
