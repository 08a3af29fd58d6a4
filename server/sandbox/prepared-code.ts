import type { Checksum } from "@kith/protocol/ids";
import { ok, type Result } from "@kith/protocol/result";
import { MachineFault } from "@kith/protocol/service-abi";

import { packDescription, unpackDescription, type Description } from "./guest/description.ts";
import { definitionBytesKept, preparedBytesKept } from "./limits.ts";
import { machineHash } from "./pinned.ts";
import { RecentlyUsed } from "./recently-used.ts";

/** Keeps what was made of code for longer than memory does. What it loses is made again. */
export type PreparedStore = {
  /** Undefined when it has nothing under the name, or nothing whole. */
  read(name: string): Uint8Array | undefined;
  /** Keeps it, or does not: nothing depends on it but time. */
  write(name: string, content: Uint8Array): void;
};

/** What code of one kind has become. */
export type Made<T> = {
  readonly description: Description;
  /** As the service has said it. */
  readonly definitionText: string;
  /** What instances are made of. */
  readonly prepared: T;
  readonly packed: Uint8Array;
};

/** How one kind of code is made ready to run: a pure function of the code and of what is pinned. */
export type CodeKind<T, F> = {
  readonly name: "javascript" | "webassembly";
  make(code: Uint8Array): Result<Made<T>, F>;
  /** Undefined when it is nothing that `make` has packed. */
  unpack(packed: Uint8Array): T | undefined;
};

/** Change this whenever the same code becomes something else than before, or is packed differently. */
export const preparedVersion = 1;

/** What memory keeps. It is shared by all machines of a process, because the same code becomes the same. */
export class PreparedMemory<T> {
  readonly descriptions: RecentlyUsed<Checksum, Description>;
  readonly prepared: RecentlyUsed<Checksum, T>;

  constructor(descriptionBytes = definitionBytesKept, preparedBytes = preparedBytesKept) {
    this.descriptions = new RecentlyUsed(descriptionBytes);
    this.prepared = new RecentlyUsed(preparedBytes);
  }
}

/**
 * What was made of code: in memory, else in the store, else made again. What a service is, is kept apart from what runs
 * it, because it is asked for more often than the service is started, and that is large.
 */
export class PreparedCode<T, F extends object> {
  readonly #kind: CodeKind<T, F>;
  readonly #memory: PreparedMemory<T>;
  readonly #store: PreparedStore | undefined;

  constructor(kind: CodeKind<T, F>, memory: PreparedMemory<T>, store: PreparedStore | undefined) {
    this.#kind = kind;
    this.#memory = memory;
    this.#store = store;
  }

  describe(codeHash: Checksum, code: Uint8Array): Result<Description, F> {
    const known = this.#knownDescription(codeHash);
    if (known !== undefined) return ok(known);
    const made = this.#make(codeHash, code);
    return made.ok ? ok(made.value.description) : made;
  }

  /** Undefined when there is no such code, or it is none. */
  description(codeHash: Checksum, read: () => Uint8Array | undefined): Description | undefined {
    const known = this.#knownDescription(codeHash);
    if (known !== undefined) return known;
    const code = read();
    const made = code === undefined ? undefined : this.#make(codeHash, code);
    return made?.ok === true ? made.value.description : undefined;
  }

  /** What instances are made of, of code that has a description. */
  prepared(codeHash: Checksum, read: () => Uint8Array | undefined): T {
    const known = this.#memory.prepared.get(codeHash) ?? this.#storedPrepared(codeHash);
    if (known !== undefined) return known;
    const code = read();
    const made = code === undefined ? undefined : this.#make(codeHash, code);
    if (made?.ok === true) return made.value.prepared;
    throw new MachineFault(`the code ${codeHash} cannot be made ready to run again`);
  }

  #knownDescription(codeHash: Checksum): Description | undefined {
    const known = this.#memory.descriptions.get(codeHash);
    if (known !== undefined) return known;
    const packed = this.#store?.read(this.#name("definition", codeHash));
    const read = packed === undefined ? undefined : unpackDescription(packed);
    if (read !== undefined) this.#memory.descriptions.set(codeHash, read, packed?.length ?? 0);
    return read;
  }

  #storedPrepared(codeHash: Checksum): T | undefined {
    const packed = this.#store?.read(this.#name("prepared", codeHash));
    const read = packed === undefined ? undefined : this.#kind.unpack(packed);
    if (read !== undefined) this.#memory.prepared.set(codeHash, read, packed?.length ?? 0);
    return read;
  }

  #make(codeHash: Checksum, code: Uint8Array): Result<Made<T>, F> {
    const made = this.#kind.make(code);
    if (!made.ok) return made;
    const { description, definitionText, prepared, packed } = made.value;
    const described = packDescription({ ...description, definition: definitionText });
    this.#memory.descriptions.set(codeHash, description, described.length);
    this.#memory.prepared.set(codeHash, prepared, packed.length);
    this.#store?.write(this.#name("definition", codeHash), described);
    this.#store?.write(this.#name("prepared", codeHash), packed);
    return made;
  }

  /** Another engine, another schedule or another version reads nothing of this. */
  #name(what: "definition" | "prepared", codeHash: Checksum): string {
    return `${this.#kind.name}-${what}-${preparedVersion}-${machineHash}-${codeHash}`;
  }
}
