import {
  compileEventType,
  reachableTypes,
  type EventType,
  type EventTypeError,
  type EventTypeSource,
} from "@kith/protocol/event-type";
import type { MethodName } from "@kith/protocol/ids";
import { eventIndexesMax, serviceEventsMax } from "@kith/protocol/limits";
import { parseMethodName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { parseSchemaTypes } from "@kith/protocol/schema";
import type { AnyType, SchemaTypes } from "@kith/protocol/schema-types";
import type { EventDeclaration, EventKind, ServiceDefinition } from "@kith/protocol/service-abi";

/** An event that a service may emit, ready to check its data. */
export type DeclaredEvent = {
  readonly name: string;
  /** Its name as a record has it. */
  readonly method: MethodName;
  readonly kind: EventKind;
  /** Fields by which it can be found. */
  readonly indexes: readonly string[];
  readonly source: EventTypeSource;
  readonly type: EventType;
};

export type EventDeclarationError =
  | { readonly code: "events-malformed"; readonly reason: string }
  | {
      readonly code: "event-type-malformed";
      readonly event: string;
      readonly fault: EventTypeError;
    };

type Declared = Result<ReadonlyMap<string, DeclaredEvent>, EventDeclarationError>;

const compiled = new WeakMap<ServiceDefinition, Declared>();

/**
 * The events of a definition by their declared names; compiled once a definition. An error is the same on every
 * node, so it belongs to whoever installs such a service, and makes every `emit` of it abort.
 */
export function declaredEvents(definition: ServiceDefinition): Declared {
  const known = compiled.get(definition);
  if (known !== undefined) return known;
  const declared = compileEvents(definition);
  compiled.set(definition, declared);
  return declared;
}

/** The event of this name, in whatever way the name is written. */
export function findEvent(definition: ServiceDefinition, name: string): DeclaredEvent | undefined {
  const declared = declaredEvents(definition);
  if (!declared.ok) return undefined;
  const exact = declared.value.get(name);
  if (exact !== undefined) return exact;
  const method = parseMethodName(name);
  if (!method.ok) return undefined;
  return [...declared.value.values()].find((event) => event.method === method.value);
}

function compileEvents({ events = [], schema }: ServiceDefinition): Declared {
  if (events.length > serviceEventsMax) return malformed(`more than ${serviceEventsMax} events`);
  const declared = new Map<string, DeclaredEvent>();
  if (events.length === 0) return ok(declared);
  const parts = parseParts(schema);
  if (parts === undefined) return malformed("the schema is no JSON object");
  const types = parseSchemaTypes(parts["types"]);
  if (!types.ok) return malformed("the schema's types are malformed");
  const methods = new Set<MethodName>();
  for (const event of events) {
    const method = parseMethodName(event.name);
    if (!method.ok) return malformed(`${event.name} is no method name`);
    if (methods.has(method.value)) return malformed(`${event.name} is declared twice`);
    methods.add(method.value);
    const type = typeOf(parts, event);
    if (type === undefined) return malformed(`${event.name} has no type`);
    const compiledEvent = compileEvent(event, method.value, { type, types: types.value });
    if (!compiledEvent.ok) return compiledEvent;
    declared.set(event.name, compiledEvent.value);
  }
  return ok(declared);
}

function compileEvent(
  { name, kind, indexes }: EventDeclaration,
  method: MethodName,
  { type, types }: { readonly type: AnyType; readonly types: SchemaTypes },
): Result<DeclaredEvent, EventDeclarationError> {
  if (indexes.length > eventIndexesMax) {
    return malformed(`${name} has more than ${eventIndexesMax} indexes`);
  }
  const source = { type, types: reachableTypes(types, type) };
  const eventType = compileEventType(source, indexes);
  if (!eventType.ok) {
    return err({ code: "event-type-malformed", event: name, fault: eventType.error });
  }
  return ok({ name, method, kind, indexes, source, type: eventType.value });
}

/** psibase's ServiceSchema has an event's type inside of an object with other facts about it. */
function typeOf(parts: Json, { name, kind }: EventDeclaration): AnyType | undefined {
  const events = parts[kind];
  const given = isJson(events) && Object.hasOwn(events, name) ? events[name] : undefined;
  const type = isJson(given) && "type" in given ? given["type"] : given;
  const parsed = parseSchemaTypes({ event: type });
  return parsed.ok ? parsed.value["event"] : undefined;
}

type Json = { readonly [name: string]: unknown };

function parseParts(schema: string): Json | undefined {
  try {
    const parsed: unknown = JSON.parse(schema);
    return isJson(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(reason: string): Result<never, EventDeclarationError> {
  return err({ code: "events-malformed", reason });
}
