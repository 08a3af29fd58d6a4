import {
  accountNumber,
  parseAccountName,
  parseMethodName,
  methodNumber,
  psibaseAccountNumber,
  psibaseAccountText,
  psibaseMethodNumber,
  psibaseMethodText,
} from "@kith/protocol/names";

import {
  integerAt,
  isObject,
  objectOf,
  objectsAt,
  textAt,
  textsAt,
  type JsonObject,
} from "./json.ts";
import { describe, expectEqual, runCase, type CaseResult, type Shape } from "./shape.ts";

const lists = [
  "account_encode",
  "account_decode",
  "account_invalid_is_zero",
  "method_encode",
  "method_decode",
  "method_invalid_is_zero",
  "accounts",
  "methods",
];

/** Lists of `{name, value}` and of invalid names; in a sample, `str` is how the number is shown again. */
export const namesShape: Shape = {
  name: "numbers of accounts and methods",
  matches: ({ json }) => isObject(json) && lists.some((field) => Array.isArray(json[field])),
  run: ({ json }) => {
    const file = objectOf(json);
    return [
      ...objectsAt(file, "account_encode").map(encodeAccount),
      ...objectsAt(file, "account_decode").map(decodeAccount),
      ...textsAt(file, "account_invalid_is_zero").map(refuseAccount),
      ...objectsAt(file, "method_encode").map(encodeMethod),
      ...objectsAt(file, "method_decode").map(decodeMethod),
      ...textsAt(file, "method_invalid_is_zero").map(refuseMethod),
      ...objectsAt(file, "accounts").map(sampleAccount),
      ...objectsAt(file, "methods").map(sampleMethod),
    ];
  },
};

/** psibase's encoding, and for what is an account in Kith also its brand. */
function encodeAccount(item: JsonObject): CaseResult {
  const name = textAt(item, "name");
  return runCase(`account ${name}`, () => {
    const numbers = [psibaseAccountNumber(name)];
    if (!name.includes("+")) {
      const branded = parseAccountName(name);
      numbers.push(branded.ok ? accountNumber(branded.value) : 0n);
    }
    return expectEqual(
      numbers,
      numbers.map(() => integerAt(item, "value")),
    );
  });
}

function decodeAccount(item: JsonObject): CaseResult {
  const value = integerAt(item, "value");
  return runCase(`account number ${value}`, () =>
    expectEqual(psibaseAccountText(value), textAt(item, "name")),
  );
}

function refuseAccount(name: string): CaseResult {
  return runCase(`no account: ${describe(name)}`, () =>
    expectEqual([psibaseAccountNumber(name), parseAccountName(name).ok], [0n, false]),
  );
}

function encodeMethod(item: JsonObject): CaseResult {
  const name = textAt(item, "name");
  return runCase(`method ${name}`, () => {
    const branded = parseMethodName(name);
    const numbers = [psibaseMethodNumber(name), branded.ok ? methodNumber(branded.value) : 0n];
    return expectEqual(
      numbers,
      numbers.map(() => integerAt(item, "value")),
    );
  });
}

function decodeMethod(item: JsonObject): CaseResult {
  const value = integerAt(item, "value");
  return runCase(`method number ${value}`, () =>
    expectEqual(psibaseMethodText(value), textAt(item, "name")),
  );
}

function refuseMethod(name: string): CaseResult {
  return runCase(`no method: ${describe(name)}`, () =>
    expectEqual([psibaseMethodNumber(name), parseMethodName(name).ok], [0n, false]),
  );
}

function sampleAccount(item: JsonObject): CaseResult {
  const [encoded, decoded] = [encodeAccount(item), decodeAccount(item)];
  return encoded.outcome === "failed" ? encoded : { ...decoded, name: encoded.name };
}

function sampleMethod(item: JsonObject): CaseResult {
  const [encoded, decoded] = [
    encodeMethod(item),
    decodeMethod({ ...item, name: item["str"] ?? item["name"] }),
  ];
  return encoded.outcome === "failed" ? encoded : { ...decoded, name: encoded.name };
}
