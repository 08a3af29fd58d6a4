import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import type { ServiceModule } from "@kith/protocol/service-abi";
import { packText } from "@kith/protocol/texts";

/** What `chain` asks of a machine. */
export type InProcessMachine = {
  load(service: AccountName, codeHash: Checksum): ServiceModule | undefined;
  /** What genesis installs: each service with the hash that its code is known by. */
  installed(): readonly { readonly account: AccountName; readonly codeHash: Checksum }[];
};

/**
 * Counts the changes of what in-process services do. Their schema is hashed, their code is not: so a change of
 * behaviour needs a new number here, and then nodes of another release stop instead of computing another state.
 */
const behaviour = 1;

/** Runs services that are part of this program, without a sandbox: trusted code only. */
export function inProcessMachine(modules: readonly ServiceModule[]): InProcessMachine {
  const byAccount = new Map<AccountName, { module: ServiceModule; codeHash: Checksum }>();
  for (const module of modules) {
    byAccount.set(module.definition.name, { module, codeHash: codeHashOf(module) });
  }
  return {
    load: (service, codeHash) => {
      const found = byAccount.get(service);
      return found?.codeHash === codeHash ? found.module : undefined;
    },
    installed: () => [...byAccount].map(([account, { codeHash }]) => ({ account, codeHash })),
  };
}

export function codeHashOf({ definition }: ServiceModule): Checksum {
  const { name, tables, events = [], schema } = definition;
  const described = ["kith:in-process", behaviour, name, tables, schema];
  if (events.length > 0) described.push(events);
  return sha256Hex(packText(JSON.stringify(described)));
}
