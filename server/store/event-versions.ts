import { compileEventType } from "@kith/protocol/event-type";
import { accountNameConstant } from "@kith/protocol/names";
import { parseSchemaTypes } from "@kith/protocol/schema";

import type { EventVersion } from "./event-store.ts";
import { numberOf, textOf, type Connection, type SqlRow, type Statement } from "./sqlite.ts";

/** A version with the number under which rows name it. */
export type NumberedVersion = EventVersion & {
  readonly id: number;
  readonly service: ReturnType<typeof accountNameConstant>;
};

/** Reads and writes `event_types`. */
export class VersionRows {
  private readonly lister: Statement;
  private readonly inserter: Statement;

  constructor(connection: Connection) {
    this.lister = connection.prepare(
      "SELECT id, service, event, kind, indexes, source FROM event_types WHERE id > ? ORDER BY id",
    );
    this.inserter = connection.prepare("INSERT INTO event_types VALUES (?, ?, ?, ?, ?, ?, 0)");
  }

  /** Those with greater numbers. */
  listAfter(id: number): readonly NumberedVersion[] {
    return this.lister.all(id).map(versionOf);
  }

  insert(version: NumberedVersion): void {
    const { id, service, name, kind, indexes, source } = version;
    this.inserter.run(id, service, name, kind, JSON.stringify(indexes), JSON.stringify(source));
  }
}

/** All versions that rows name, by number and by what they declare. */
export class Versions {
  private readonly byId = new Map<number, NumberedVersion>();
  private readonly byText = new Map<string, NumberedVersion>();
  /** Compiled declarations come again with every event. */
  private readonly known = new WeakMap<EventVersion, NumberedVersion>();

  get last(): number {
    return this.byId.size;
  }

  add(version: NumberedVersion): void {
    this.byId.set(version.id, version);
    this.byText.set(textOfVersion(version.service, version), version);
  }

  get(id: number): NumberedVersion | undefined {
    return this.byId.get(id);
  }

  /** The number of a declaration; `onNew` hears of one that has none yet. */
  number(
    service: NumberedVersion["service"],
    declared: EventVersion,
    onNew: (version: NumberedVersion) => void,
  ): number {
    const remembered = this.known.get(declared);
    const known =
      remembered?.service === service
        ? remembered
        : this.byText.get(textOfVersion(service, declared));
    if (known !== undefined) {
      this.known.set(declared, known);
      return known.id;
    }
    const { name, kind, indexes, source, type } = declared;
    const version = { id: this.last + 1, service, name, kind, indexes, source, type };
    this.add(version);
    this.known.set(declared, version);
    onNew(version);
    return version.id;
  }

  /** The versions of one event, or of all of a service, oldest first. */
  of(service: string, event: string | undefined): readonly NumberedVersion[] {
    return [...this.byId.values()].filter(
      (version) => version.service === service && (event === undefined || version.name === event),
    );
  }
}

function textOfVersion(service: string, version: EventVersion): string {
  const { name, kind, indexes, source } = version;
  return JSON.stringify([service, name, kind, indexes, source]);
}

function versionOf([id, service, event, kind, indexes, source]: SqlRow): NumberedVersion {
  const fields = textsOf(JSON.parse(textOf(indexes)));
  const json: unknown = JSON.parse(textOf(source));
  const given = typeof json === "object" && json !== null ? { type: null, types: {}, ...json } : {};
  const { type: ofEvent, types: named } = { type: null, types: {}, ...given };
  const types = parseSchemaTypes(named);
  const parsed = parseSchemaTypes({ type: ofEvent });
  const type = parsed.ok ? parsed.value["type"] : undefined;
  if (!types.ok || type === undefined) throw new TypeError("an event's type is not readable");
  const compiled = compileEventType({ type, types: types.value }, fields);
  if (!compiled.ok) throw new TypeError(`an event's type is wrong: ${compiled.error.code}`);
  return {
    id: numberOf(id),
    service: accountNameConstant(textOf(service)),
    name: textOf(event),
    kind: textOf(kind) === "merkle" ? "merkle" : "history",
    indexes: fields,
    source: { type, types: types.value },
    type: compiled.value,
  };
}

function textsOf(json: unknown): readonly string[] {
  return Array.isArray(json) ? json.filter((each) => typeof each === "string") : [];
}
