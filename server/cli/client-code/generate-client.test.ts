import assert from "node:assert/strict";
import { test } from "node:test";

import { brandAccountName } from "@kith/protocol/ids";
import type { AnyType } from "@kith/protocol/schema-types";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

import { formatted } from "./formatted.ts";
import { generateClient } from "./generate-client.ts";
import { oddService } from "./odd-service.ts";

function taking(params: AnyType, types: Readonly<Record<string, AnyType>> = {}): ServiceDefinition {
  const actions = { act: { params, result: null } };
  const schema = JSON.stringify({ service: "sample", types, actions });
  return { name: brandAccountName("sample"), tables: [], schema };
}

function textOf(definition: ServiceDefinition): string {
  const client = generateClient(definition);
  assert.ok(client.ok, JSON.stringify(client));
  return client.value;
}

test("the formatter leaves generated code as it is, and the same definition gives the same code", () => {
  const code = textOf(oddService);
  assert.equal(formatted(code), code);
  assert.equal(textOf(JSON.parse(JSON.stringify(oddService)) as ServiceDefinition), code);
});

test("a service without anything has a client, too", () => {
  const empty = { name: brandAccountName("empty"), tables: [], schema: '{"service":"empty"}' };
  const code = textOf(empty);
  assert.equal(formatted(code), code);
  assert.match(code, /export class EmptyClient extends ServiceClient<EmptyParts>/);
});

test("types and members are called as in the schema, as far as TypeScript allows", () => {
  const code = textOf(oddService);
  for (const line of [
    "export class Type2048OddClient extends ServiceClient<Type2048OddParts> {",
    'name: accountNameConstant("2048-odd"),',
    "readonly delete: Signature<DeleteArguments, void>;",
    '"weird name!": Signature<readonly [number, string | undefined], readonly []>;',
    "export type Signature2 = {",
    '  readonly "a-b": Signature2AB;',
    "  readonly class: number;\n  readonly readonly?: string;",
    '  readonly "0x"?: number;',
    "  readonly replies: readonly Comment[];\n  readonly best?: Comment;",
    '  replies: list(lazy("Comment", () => commentCodec)),',
    "  readonly options: readonly (number | undefined)[];",
    "  readonly pairs: readonly (readonly [number, string])[];",
    "  readonly u64: bigint;",
    "  readonly who: AccountName;",
    "  fixed: fixedBytes(3),",
    '  | { readonly "not this": TermNotThis }',
  ]) {
    assert.ok(code.includes(line), `${line} is not in\n${code}`);
  }
  assert.match(code, /import \{ f32, f64, lazy, nested \} from "@kith\/sdk\/client-types";/);
});

test("words of the schema stay inside of their comments", () => {
  const code = textOf(oddService);
  assert.ok(
    code.includes("  /**\n   * Ends comments: *\\/ alert(1) /*\n   *\n   *  and lines.\n   */\n"),
  );
  assert.ok(code.includes("  /** Not an operator. */\n"));
});

function codeOf(definition: ServiceDefinition): unknown {
  const client = generateClient(definition);
  return client.ok ? "written" : client.error;
}

test("types that clients cannot have are told with their place", () => {
  const place = "actions.act.params";
  const u1: AnyType = { Object: { a: { List: { Int: { bits: 1, isSigned: false } } } } };
  assert.deepEqual(codeOf(taking(u1)), { code: "type-unsupported", path: `${place}.a[]` });
  assert.deepEqual(codeOf(taking({ Variant: {} })), { code: "type-unsupported", path: place });
  assert.deepEqual(codeOf(taking("Nothing")), { code: "type-unknown", path: place });
  const circle = { Circle: { List: "Circle" } };
  assert.deepEqual(codeOf(taking("Circle", circle)), {
    code: "type-contains-itself",
    path: `${place}[]`,
  });
  const broken = { ...taking(u1), schema: "{" };
  assert.deepEqual(codeOf(broken), { code: "service-schema-malformed", path: "$" });
});
