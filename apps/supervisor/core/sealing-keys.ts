import type { SealingHolder, SealingKeyStore } from "../sealing/sealing.ts";
import type { Database } from "./database.ts";

/** Sealing keys that this browser keeps. */
export function storedSealingKeys(database: Database): SealingKeyStore {
  return {
    find: async (holder) => (await database.get("sealingKeys", keyOf(holder)))?.pair,
    keep: async (holder, made) => {
      const change = database.transaction("sealingKeys", "readwrite");
      const known = await change.store.get(keyOf(holder));
      const { owner, user = "" } = holder;
      if (known === undefined) await change.store.put({ owner, user, pair: made });
      await change.done;
      // Browsers that are asked do not throw away what is kept when room gets short.
      void navigator.storage.persist();
      return known?.pair ?? made;
    },
  };
}

function keyOf({ owner, user = "" }: SealingHolder): string[] {
  return [owner, user];
}
