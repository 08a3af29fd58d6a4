import { serviceInterface } from "@kith/sdk/signature";
import { invitingActions } from "@kith/sdk/system/inviting";

/** As much of the service as people use: the rest would be in every browser for nothing. */
export const service = serviceInterface("invite", invitingActions);
