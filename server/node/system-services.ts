import { accounts } from "@kith/accounts/service";
import { authAny } from "@kith/auth-any/service";
import { authDelegate } from "@kith/auth-delg/service";
import { authGroup } from "@kith/auth-group/service";
import { authSig } from "@kith/auth-sig/service";
import { producers } from "@kith/producers/service";
import { inProcessMachine, type InProcessMachine } from "@kith/sandbox/in-process-machine";
import { setcode } from "@kith/setcode/service";
import { sites } from "@kith/sites/service";
import { stagedTx } from "@kith/staged-tx/service";
import { transact } from "@kith/transact/service";

/** The services that every network starts with. */
export function systemMachine(): InProcessMachine {
  const authServices = [authSig, authDelegate, authGroup, authAny, stagedTx];
  return inProcessMachine([transact, accounts, ...authServices, setcode, sites, producers]);
}
