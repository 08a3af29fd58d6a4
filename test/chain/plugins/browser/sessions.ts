import type { AccountName } from "@kith/protocol/ids";
import { sessionHost } from "@kith/sdk/plugin-host";

import { answering, type HostAnswers } from "./host-answers.ts";

/** Whom one browser can act for, and which app knows whom. */
export class BrowserSessions {
  readonly accounts = new Map<AccountName, Uint8Array>();
  readonly connections = new Map<AccountName, AccountName>();
  readonly answers: HostAnswers = answering(sessionHost, {
    accounts: () => [...this.accounts].map(([name, publicKey]) => ({ name, publicKey })),
    remember: ({ name, publicKey }) => void this.accounts.set(name, publicKey),
    forget: ({ name }) => {
      this.accounts.delete(name);
      for (const [app, account] of this.connections) {
        if (account === name) this.connections.delete(app);
      }
    },
    connect: ({ app, account }) => void this.connections.set(app, account),
    disconnect: ({ app }) => void this.connections.delete(app),
    connected: () => [...this.connections].map(([app, account]) => ({ app, account })),
  });
}
