import { ServiceClient } from "@kith/sdk/client";
import type { Kith } from "@kith/sdk/connect";
import type { ServiceInterface } from "@kith/sdk/signature";

type NamedParts<Actions, Queries> = {
  readonly actions: Actions;
  readonly queries: Queries;
  readonly rows: object;
  readonly events: object;
};

/** A client of a service of which its interface and its questions are known. */
export function clientOf<Actions extends object, Queries extends object>(
  { connection }: Pick<Kith, "connection">,
  service: ServiceInterface<Actions>,
  queries: Queries,
): ServiceClient<NamedParts<Actions, Queries>> {
  return new ServiceClient<NamedParts<Actions, Queries>>(connection, {
    service,
    queries,
    rows: {},
    events: {},
  });
}
