import { check } from "@kith/sdk/abort";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { producersInterface, type Consensus } from "@kith/sdk/system/producers";
import { transactInterface } from "@kith/sdk/system/transact";
import { table } from "@kith/sdk/table";
import { consensus, u8 } from "@kith/sdk/types";

import { producersMax } from "./limits.ts";

const wantedTable = table("wanted", { id: u8, consensus }, { key: ["id"] });
const only = { id: 0 };
const { actions } = producersInterface;

const setConsensus = implement(actions.setConsensus, (context, { consensus: wished }) => {
  if (context.blockNum !== 1) {
    const owner = context.call(transactInterface).network({})?.owner;
    check(
      owner === context.sender,
      "not-the-owner",
      "only the owner of the network sets producers",
    );
  }
  checkProducers(wished);
  for (const { account } of wished.producers) {
    const known = context.call(accountsInterface).exists({ name: account });
    check(known, "account-unknown", `there is no account ${account}`);
  }
  context.table(wantedTable).put({ ...only, consensus: wished });
});

const wanted = implement(
  actions.wanted,
  (context) => context.table(wantedTable).get(only)?.consensus,
);

export const producers: ServiceModule = service("producers", {
  tables: [wantedTable],
  actions: { setConsensus, wanted },
}).module;

function checkProducers({ producers: voters }: Consensus): void {
  check(voters.length > 0, "no-producers", "a network has at least one producer");
  const count = voters.length;
  check(count <= producersMax, "too-many-producers", `${count} producers; at most ${producersMax}`);
  const accounts = new Set(voters.map((producer) => producer.account));
  check(accounts.size === count, "producer-repeated", "an account is named twice");
  const nodes = new Set(voters.map((producer) => producer.node));
  check(nodes.size === count, "producer-repeated", "a node is named twice");
}
