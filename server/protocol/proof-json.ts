import { eventProofCodec, type EventProof } from "./event-proof.ts";
import type { AnyCodec, Codec } from "./fracpack.ts";
import type { FracpackError } from "./fracpack/layout.ts";
import { err, type Result } from "./result.ts";
import { rowProofCodec, type RowProof } from "./row-proof.ts";
import { compileSchema, type CompiledSchema, type Json, type JsonError } from "./schema.ts";

/** Why JSON is no proof: it is not of its type, or it breaks a limit. */
export type ProofJsonError = JsonError | FracpackError;

/** psibase's JSON of a proof, as its schema says: bytes as hex. */
export function eventProofJson(proof: EventProof): Json {
  return jsonOf("EventProof", eventProofCodec, proof);
}

export function rowProofJson(proof: RowProof): Json {
  return jsonOf("RowProof", rowProofCodec, proof);
}

export function parseEventProof(json: unknown): Result<EventProof, ProofJsonError> {
  return parse("EventProof", eventProofCodec, json);
}

export function parseRowProof(json: unknown): Result<RowProof, ProofJsonError> {
  return parse("RowProof", rowProofCodec, json);
}

type ProofName = "EventProof" | "RowProof";

const codecs: Readonly<Record<ProofName, AnyCodec>> = {
  EventProof: eventProofCodec,
  RowProof: rowProofCodec,
};
const compiled = new Map<ProofName, CompiledSchema>();

function schemaOf(name: ProofName): CompiledSchema {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const schema = compileSchema({ [name]: codecs[name].schema });
  if (!schema.ok) throw new Error(`the schema of ${name} does not compile`);
  compiled.set(name, schema.value);
  return schema.value;
}

function jsonOf<T>(name: ProofName, codec: Codec<T>, proof: T): Json {
  const json = schemaOf(name).unpackJson(name, codec.pack(proof));
  if (!json.ok) throw new Error(`a ${name} has no JSON: ${json.error.code}`);
  return json.value;
}

function parse<T>(name: ProofName, codec: Codec<T>, json: unknown): Result<T, ProofJsonError> {
  const packed = schemaOf(name).packJson(name, json);
  if (packed.ok) return codec.unpack(packed.value);
  const { error } = packed;
  return err(error.code === "type-unknown" ? notCompiled(error.typeName) : error);
}

function notCompiled(name: string): never {
  throw new Error(`${name} was not compiled`);
}
