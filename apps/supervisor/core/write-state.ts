import type { AccountName } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";
import { signedTransactionCodec, transactionCodec } from "@kith/protocol/transactions";
import { managerApp } from "@kith/sdk/callers";
import type { WriteState } from "@kith/sdk/connect/page-messages";

import type { WriteRow } from "./database.ts";

/** Who looks at what waits: a page of an app, and whoever uses that app. */
export type WriteViewer = {
  readonly app: AccountName;
  readonly user?: AccountName;
  readonly page: string;
};

/** An app sees its own writes, where accounts are managed all are seen, and nobody sees those of another user. */
export function maySee({ app, user }: Omit<WriteViewer, "page">, row: WriteRow): boolean {
  const isTheirs = row.user === undefined || row.user === user;
  return isTheirs && (row.app === app || app === managerApp);
}

export function stateOf(row: WriteRow, { app, page }: WriteViewer): WriteState {
  const { id: transactionId, state, signedAt, actions, code, message } = row;
  const calls = actionsOf(row).filter(({ service }) => service === app && row.app === app);
  return {
    transactionId,
    app: row.app,
    state,
    signedAt,
    actions,
    calls: calls.map(({ method, rawData }) => ({ method, rawData })),
    isOfThisPage: row.page === page,
    canRetry: state === "failed" && row.isRepeatable === true,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  };
}

/** What it does, as it was signed. */
export function actionsOf({ bytes }: Pick<WriteRow, "bytes">): readonly Action[] {
  const signed = signedTransactionCodec.unpack(bytes);
  const read = signed.ok ? transactionCodec.unpack(signed.value.transaction) : signed;
  return read.ok ? read.value.actions : [];
}
