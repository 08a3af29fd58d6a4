import type { FracpackError } from "@kith/protocol/fracpack";
import type { MethodName } from "@kith/protocol/ids";
import { parseMethodName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { compileSchema, type CompiledSchema } from "@kith/protocol/schema";
import type { AnyType } from "@kith/protocol/schema-types";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { parseServiceSchema } from "@kith/protocol/service-schema";

/** Checks what goes into an action and what comes out of it. */
export type DeclaredAction = {
  /** What is wrong with packed arguments; undefined when nothing is. */
  readonly whyNotArguments: (packed: Uint8Array) => FracpackError | undefined;
  readonly whyNotResult: (packed: Uint8Array) => FracpackError | undefined;
};

type ActionsFault = { readonly code: "actions-malformed"; readonly message: string };

type Declared = Result<ReadonlyMap<MethodName, DeclaredAction>, ActionsFault>;

const compiled = new WeakMap<ServiceDefinition, Declared>();

/** The actions of a definition; compiled once a definition. */
export function declaredActions(definition: ServiceDefinition): Declared {
  const known = compiled.get(definition);
  if (known !== undefined) return known;
  const declared = compileActions(definition);
  compiled.set(definition, declared);
  return declared;
}

function compileActions({ schema }: ServiceDefinition): Declared {
  const parsed = parseServiceSchema(schema);
  if (!parsed.ok) return fault(`the schema cannot be read: ${parsed.error.code}`);
  const { types, actions } = parsed.value;
  const named: Record<string, AnyType> = { ...types };
  for (const [name, { params, result }] of Object.entries(actions)) {
    named[paramsOf(name)] = params;
    if (result !== undefined) named[resultOf(name)] = result;
  }
  const compiledTypes = compileSchema(named);
  if (!compiledTypes.ok) return fault(`a type cannot be used: ${compiledTypes.error.code}`);
  const declared = new Map<MethodName, DeclaredAction>();
  for (const [name, { result }] of Object.entries(actions)) {
    const method = parseMethodName(name);
    if (!method.ok) return fault(`${name} cannot be the name of an action`);
    if (declared.has(method.value)) return fault(`the action ${name} is declared twice`);
    declared.set(method.value, actionOf(compiledTypes.value, name, result !== undefined));
  }
  return ok(declared);
}

function actionOf(schema: CompiledSchema, name: string, hasResult: boolean): DeclaredAction {
  const check = (type: string) => (packed: Uint8Array) => {
    const wrong = schema.validate(type, packed);
    return wrong?.code === "type-unknown" ? undefined : wrong;
  };
  return {
    whyNotArguments: check(paramsOf(name)),
    whyNotResult: hasResult ? check(resultOf(name)) : nothing,
  };
}

/** An action without a result gives no bytes. */
function nothing(packed: Uint8Array): FracpackError | undefined {
  return packed.length === 0 ? undefined : { code: "fracpack-trailing-bytes", offset: 0 };
}

function paramsOf(action: string): string {
  return `arguments of ${action}`;
}

function resultOf(action: string): string {
  return `result of ${action}`;
}

function fault(message: string): Result<never, ActionsFault> {
  return err({ code: "actions-malformed", message });
}
