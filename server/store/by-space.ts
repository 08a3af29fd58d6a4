import type { AccountName } from "@kith/protocol/ids";

/** One thing for each space, found without making a name for it. */
export class BySpace<T> {
  private readonly services = new Map<AccountName, Map<number, T>>();

  get(service: AccountName, space: number): T | undefined {
    return this.services.get(service)?.get(space);
  }

  has(service: AccountName, space: number): boolean {
    return this.services.get(service)?.has(space) === true;
  }

  set(service: AccountName, space: number, value: T): void {
    const spaces = this.services.get(service);
    if (spaces === undefined) this.services.set(service, new Map([[space, value]]));
    else spaces.set(space, value);
  }

  *values(): Generator<T> {
    for (const spaces of this.services.values()) yield* spaces.values();
  }

  clear(): void {
    this.services.clear();
  }
}
