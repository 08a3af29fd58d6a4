import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { verifyActions } from "@kith/sdk/system/verify";

/** A verify service that never comes to an end, on whatever account it is installed. */
export const endless: ServiceModule = service("endless", {
  tables: [],
  actions: {
    verify: implement(verifyActions.verify, (context, { proof }) => {
      for (let data = proof; data.length > 0;) data = context.sha256(data);
    }),
  },
}).module;
