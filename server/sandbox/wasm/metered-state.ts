import { fuelGlobal, pagesGlobal, stackGlobal, type StateAccess } from "./meter-module.ts";

/** A value of one of the module's own globals: an i64, or the bits of an f64, as a bigint. */
export type StateValue = number | bigint | object | null;

type Getter = () => StateValue;
type Setter = (value: StateValue) => void;
type Access = { readonly get: Getter; readonly set: Setter };

/** What the host reads and sets of one instance of a metered module. */
export class MeteredState {
  private readonly fuelAccess: Access;
  private readonly pagesAccess: Access;
  private readonly stackAccess: Access;
  private readonly own: readonly Access[];

  /** Throws when the instance is not one of a metered module with these globals. */
  constructor(
    exports: Readonly<Record<string, unknown>>,
    { globals }: { readonly globals: readonly StateAccess[] },
  ) {
    this.fuelAccess = accessTo(exports, fuelGlobal);
    this.pagesAccess = accessTo(exports, pagesGlobal);
    this.stackAccess = accessTo(exports, stackGlobal);
    this.own = globals.map((global) => accessTo(exports, global));
  }

  /** Below zero after a trap that was for want of fuel. */
  get fuel(): bigint {
    const fuel = this.fuelAccess.get();
    return typeof fuel === "bigint" ? fuel : 0n;
  }

  set fuel(value: bigint) {
    this.fuelAccess.set(value);
  }

  /** Native stack that is left; below zero after a trap that was for want of it. */
  get stackBytes(): number {
    return Number(this.stackAccess.get());
  }

  set stackBytes(value: number) {
    this.stackAccess.set(value);
  }

  /** What the module takes for the size of its memory. */
  get pages(): number {
    return Number(this.pagesAccess.get());
  }

  set pages(value: number) {
    this.pagesAccess.set(value);
  }

  /** Of the module's own globals, in the order of `facts.globals`. */
  get globals(): readonly StateValue[] {
    return this.own.map(({ get }) => get());
  }

  set globals(values: readonly StateValue[]) {
    for (const [index, { set }] of this.own.entries()) set(values[index] ?? null);
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
