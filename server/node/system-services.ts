import { accounts } from "@kith/accounts/service";
import { authSig } from "@kith/auth-sig/service";
import { producers } from "@kith/producers/service";
import { inProcessMachine, type InProcessMachine } from "@kith/sandbox/in-process-machine";
import { sites } from "@kith/sites/service";
import { transact } from "@kith/transact/service";

/** The services that every network starts with. */
export function systemMachine(): InProcessMachine {
  return inProcessMachine([transact, accounts, authSig, sites, producers]);
}
