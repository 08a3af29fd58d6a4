import type { NoArguments } from "@kith/protocol/entry-points";
import { bool } from "@kith/protocol/fracpack";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";
import { authActions, type AuthActions } from "./auth.ts";

/** For development: everybody may act for accounts that choose it. Works only where genesis allowed it. */
export const authAnyInterface: ServiceInterface<
  AuthActions & {
    /** Genesis only. */
    readonly allow: Signature<NoArguments, void>;
    readonly allowed: Signature<NoArguments, boolean>;
  }
> = serviceInterface("auth-any", {
  ...authActions,
  allow: signature({}, nothing),
  allowed: signature({}, bool),
});
