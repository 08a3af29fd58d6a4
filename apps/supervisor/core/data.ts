import { decodeBase64, encodeBase64 } from "@kith/protocol/base64";
import { dataHost, type DataPlace } from "@kith/sdk/plugin-host";

import type { Database, DataRow } from "./database.ts";
import { Failure } from "./failure.ts";
import { answering, type HostAnswers } from "./host-answers.ts";
import { dataBytesMax, dataKeyCharsMax, listedKeysMax, valueBytesMax } from "./limits.ts";

const untilClosed = 0;

/** What plugins keep: for good in the database, until the tab is closed in its session storage. */
export class PluginData {
  readonly #database: Database;
  readonly #session: Storage;

  constructor(database: Database, session: Storage) {
    this.#database = database;
    this.#session = session;
  }

  async get(place: DataPlace & { readonly key: string }): Promise<Uint8Array | undefined> {
    if (place.duration === untilClosed) {
      const text = this.#session.getItem(nameOf(place) + place.key);
      return text === null ? undefined : decodeBase64(text);
    }
    return (await this.#database.get("data", keyOf(place)))?.value;
  }

  async set(
    place: DataPlace & { readonly key: string; readonly value: Uint8Array },
  ): Promise<void> {
    const { key, value } = place;
    if (key.length > dataKeyCharsMax || value.length > valueBytesMax) {
      throw new Failure("value-too-long", `a value has at most ${valueBytesMax} bytes`);
    }
    if (place.duration === untilClosed) {
      this.#session.setItem(nameOf(place) + key, encodeBase64(value));
      return;
    }
    const { owner, user = "", bucket, mode } = place;
    const row: DataRow = { owner, user, bucket, mode: String(mode), key, value };
    const change = this.#database.transaction("data", "readwrite");
    const others = await change.store.getAll(IDBKeyRange.bound([owner], [owner, []]));
    const isOther = (other: DataRow): boolean => String(keyOf(other)) !== String(keyOf(row));
    const used = others.filter(isOther).reduce((sum, other) => sum + sizeOf(other), sizeOf(row));
    if (used > dataBytesMax) {
      change.abort();
      await change.done.catch(() => undefined);
      throw new Failure("data-full", `${owner} keeps at most ${dataBytesMax} bytes in a browser`);
    }
    await change.store.put(row);
    await change.done;
  }

  async remove(place: DataPlace & { readonly key: string }): Promise<void> {
    if (place.duration === untilClosed) this.#session.removeItem(nameOf(place) + place.key);
    else await this.#database.delete("data", keyOf(place));
  }

  async keys({
    after = "",
    ...place
  }: DataPlace & { readonly after?: string }): Promise<readonly string[]> {
    if (place.duration === untilClosed) return this.#sessionKeys(nameOf(place), after);
    const [from, to] = [keyOf({ ...place, key: after }), keyOf({ ...place, key: "\uffff" })];
    const range = IDBKeyRange.bound(from, to, true);
    const found = await this.#database.getAllKeys("data", range, listedKeysMax);
    return found.map((parts) => String(parts.at(-1)));
  }

  #sessionKeys(prefix: string, after: string): readonly string[] {
    const names = Array.from({ length: this.#session.length }, (_, place) =>
      this.#session.key(place),
    );
    return names
      .flatMap((name) => (name?.startsWith(prefix) === true ? [name.slice(prefix.length)] : []))
      .filter((key) => key > after)
      .toSorted()
      .slice(0, listedKeysMax);
  }
}

export function dataAnswers(data: PluginData): HostAnswers {
  return answering(dataHost, {
    get: (place) => data.get(place),
    keys: (place) => data.keys(place),
    set: (place) => data.set(place),
    remove: (place) => data.remove(place),
  });
}

type Place = Pick<DataRow, "owner" | "bucket" | "key"> & {
  readonly user?: string;
  readonly mode: number | string;
};

function keyOf({ owner, user = "", bucket, mode, key }: Place): string[] {
  return [owner, user, bucket, String(mode), key];
}

/** No name of an account has a blank in it, and the bucket's length says where it ends. */
function nameOf({ owner, user, bucket, mode }: DataPlace): string {
  return `data ${owner} ${user ?? ""} ${mode} ${bucket.length} ${bucket} `;
}

function sizeOf({ key, value }: DataRow): number {
  return key.length + value.length;
}
