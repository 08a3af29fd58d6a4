import {
  fuelAccess,
  ownAccesses,
  pagesAccess,
  stackAccess,
  type StateAccess,
} from "./state-access.ts";

/** A value of one of the module's own globals: an i64, or the bits of an f64, as a bigint. */
export type StateValue = number | bigint | object | null;

type Getter = () => StateValue;
type Setter = (value: StateValue) => void;
type Access = { readonly get: Getter; readonly set: Setter };

/** What the host reads and sets of one instance of a metered module. */
export class MeteredState {
  readonly #exports: Readonly<Record<string, unknown>>;
  readonly #fuel: Access;
  readonly #pages: Access;
  readonly #stack: Access;
  #found: readonly Access[] | undefined;

  /** Throws when the instance is not one of a metered module. */
  constructor(exports: Readonly<Record<string, unknown>>) {
    this.#exports = exports;
    this.#fuel = accessTo(exports, fuelAccess);
    this.#pages = accessTo(exports, pagesAccess);
    this.#stack = accessTo(exports, stackAccess);
  }

  /** Below zero after a trap that was for want of fuel. */
  get fuel(): bigint {
    const fuel = this.#fuel.get();
    return typeof fuel === "bigint" ? fuel : 0n;
  }

  set fuel(value: bigint) {
    this.#fuel.set(value);
  }

  /** Native stack that is left; below zero after a trap that was for want of it. */
  get stackBytes(): number {
    return Number(this.#stack.get());
  }

  set stackBytes(value: number) {
    this.#stack.set(value);
  }

  /** What the module takes for the size of its memory. */
  get pages(): number {
    return Number(this.#pages.get());
  }

  set pages(value: number) {
    this.#pages.set(value);
  }

  /** Of the module's own globals, in the order in which they are declared. */
  get globals(): readonly StateValue[] {
    return this.#own.map(({ get }) => get());
  }

  set globals(values: readonly StateValue[]) {
    for (const [index, { set }] of this.#own.entries()) set(values[index] ?? null);
  }

  /** Looked for when they are wanted: most modules are never kept. */
  get #own(): readonly Access[] {
    this.#found ??= ownAccesses(Object.keys(this.#exports)).map((each) =>
      accessTo(this.#exports, each),
    );
    return this.#found;
  }
}

function accessTo(
  exports: Readonly<Record<string, unknown>>,
  { getter, setter }: StateAccess,
): Access {
  const get = exports[getter];
  const set = exports[setter];
  if (!isGetter(get) || !isSetter(set)) {
    throw new TypeError(`the instance has no ${getter}: it was not metered`);
  }
  return { get, set };
}

function isGetter(value: unknown): value is Getter {
  return typeof value === "function";
}

function isSetter(value: unknown): value is Setter {
  return typeof value === "function";
}
