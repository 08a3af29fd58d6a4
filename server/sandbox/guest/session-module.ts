import type { CallSession, ServiceModule } from "@kith/protocol/service-abi";

import { placesOf } from "./action-places.ts";
import type { Description } from "./description.ts";
import type { GuestService } from "./guest-service.ts";

/** A service of which each session has an instance of its own, and only when something is called. */
export function sessionModule(
  { definition, serves }: Pick<Description, "definition" | "serves">,
  inSession: (session: CallSession) => GuestService,
): ServiceModule {
  return {
    definition,
    action: (method, args, host) => inSession(host.session).action(method, args, host),
    ...(serves ? { serve: (request, host) => inSession(host.session).serve(request, host) } : {}),
    ...(placesOf(definition).queries.size > 0
      ? { query: (query, args, host) => inSession(host.session).query(query, args, host) }
      : {}),
  };
}
