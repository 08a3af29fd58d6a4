/**
 * The types of arguments, results and rows. They are the protocol's own: what a service declares with them is what
 * its schema says and what clients pack.
 */
export {
  array,
  bool,
  bytes,
  bytesUpTo,
  fixedBytes,
  i16,
  i32,
  i64,
  i8,
  list,
  object,
  option,
  str,
  strUpTo,
  struct,
  tuple,
  u16,
  u32,
  u64,
  u64Number,
  u8,
  variant,
} from "@kith/protocol/fracpack";
export type { Codec, Fields } from "@kith/protocol/fracpack";
export { accountCodec as account, methodCodec as method } from "@kith/protocol/names";
export { checksumCodec as checksum } from "@kith/protocol/checksums";
export { checksumOf, parseBlockId, parseChecksum, parseTransactionId } from "@kith/protocol/ids";
export { accountNameConstant, methodNameConstant, parseAccountName } from "@kith/protocol/names";
export { consensusCodec as consensus } from "@kith/protocol/blocks";
export type { AccountName, BlockId, Checksum, MethodName, TransactionId } from "@kith/protocol/ids";
