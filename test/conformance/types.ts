import { actionCodec } from "@kith/protocol/action-codec";
import type { Codec } from "@kith/protocol/fracpack";
import { bytesOfTrustedHex, toHex } from "@kith/protocol/hashes";
import type { CompiledSchema } from "@kith/protocol/schema";
import { claimCodec } from "@kith/protocol/transactions";

import { checkJson, compile } from "./fracpack.ts";
import { isListOf, isObject, textAt, type JsonObject } from "./json.ts";
import {
  describe,
  expectEqual,
  notApplicable,
  runCase,
  type CaseResult,
  type Shape,
} from "./shape.ts";

const fields = ["type", "json", "fracpack"];
const u64 = { Int: { bits: 64, isSigned: false } };
const account = { Custom: { type: u64, id: "AccountNumber" } };
const hex = { Custom: { type: { List: { Int: { bits: 8, isSigned: false } } }, id: "hex" } };

/** psibase's own types, as a schema. Kith's Tapos is another one: it has the form of psibase's specification. */
const psibaseTypes = {
  AccountNumber: account,
  MethodNumber: { Custom: { type: u64, id: "MethodNumber" } },
  Action: { Object: { sender: account, service: account, method: "MethodNumber", rawData: hex } },
  Claim: { Object: { service: account, rawData: hex } },
  Tapos: {
    Struct: {
      expiration: { Custom: { type: { Int: { bits: 64, isSigned: true } }, id: "TimePointSec" } },
      refBlockSuffix: { Int: { bits: 32, isSigned: false } },
      flags: { Int: { bits: 16, isSigned: false } },
      refBlockIndex: { Int: { bits: 8, isSigned: false } },
    },
  },
  Transaction: {
    Object: { tapos: "Tapos", actions: { List: "Action" }, claims: { List: "Claim" } },
  },
  SignedTransaction: {
    Object: {
      transaction: { Custom: { type: { FracPack: "Transaction" }, id: "hex" } },
      proofs: { List: hex },
      subjectiveData: { Option: { List: hex } },
    },
  },
};

/** `{cases: [{type, json, fracpack}]}`, or the list alone */
export const typesShape: Shape = {
  name: "psibase's own types",
  matches: ({ json }) => casesOf(json) !== undefined,
  run: ({ json }) => {
    const schema = compile(psibaseTypes);
    return (casesOf(json) ?? []).map((item, index) => checkCase(schema, item, index));
  },
};

function casesOf(json: unknown): readonly JsonObject[] | undefined {
  const cases = isObject(json) ? json["cases"] : json;
  return isListOf(cases, fields) ? cases : undefined;
}

function checkCase(schema: CompiledSchema, item: JsonObject, index: number): CaseResult {
  const type = textAt(item, "type");
  const name = `${type}, case ${index}`;
  if (!(type in psibaseTypes)) return notApplicable(name, `Kith has no psibase type ${type}`);
  return runCase(name, () => {
    const packed = bytesOfTrustedHex(textAt(item, "fracpack"));
    const json = type === "SignedTransaction" ? packInner(schema, item["json"]) : item["json"];
    return checkJson(schema, type, json, packed) ?? checkOwnCodec(type, packed);
  });
}

/** The inner transaction may be written as JSON too. */
function packInner(schema: CompiledSchema, json: unknown): unknown {
  if (!isObject(json) || !isObject(json["transaction"])) return json;
  const packed = schema.packJson("Transaction", json["transaction"]);
  if (!packed.ok) throw new TypeError(describe(packed.error));
  return { ...json, transaction: toHex(packed.value) };
}

/** Where psibase's type is Kith's too, the codec that the node runs has to agree. */
function checkOwnCodec(type: string, packed: Uint8Array): string | undefined {
  if (type === "Action") return rewrite(actionCodec, packed);
  if (type === "Claim") return rewrite(claimCodec, packed);
  return undefined;
}

function rewrite<T>(codec: Codec<T>, packed: Uint8Array): string | undefined {
  const value = codec.unpack(packed);
  if (!value.ok) return describe(value.error);
  return expectEqual(toHex(codec.pack(value.value)), toHex(packed));
}
