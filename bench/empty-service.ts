import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";

/** What a call costs of which nothing is asked. */
export const emptyService = service("empty", {
  tables: [],
  actions: { empty: action({}, nothing, () => undefined) },
});
