export { compareBytes, concatBytes, equalBytes, fromHex, toHex } from "@kith/protocol/hashes";
