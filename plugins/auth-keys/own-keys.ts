import { serviceInterface } from "@kith/sdk/signature";
import { ownKeysActions } from "@kith/sdk/system/own-keys";

/** As much of the service as people use: the rest would be in every browser for nothing. */
export const ownKeys = serviceInterface("auth-keys", ownKeysActions);
