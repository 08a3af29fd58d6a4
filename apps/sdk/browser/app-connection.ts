import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok } from "@kith/protocol/result";

import type { ClientError } from "../client/client-error.ts";
import { addressOf, type ClientPort, type Connection, type Sender } from "../client/connection.ts";
import type { CallError, SupervisorLink } from "./supervisor-link.ts";

/** Who asks, and where: what clients of services need to go through the supervisor. */
type Place = {
  readonly app: AccountName;
  /** `http://kith.localhost:8080` */
  readonly root: string;
  readonly user: () => AccountName | undefined;
  /** Questions to the app's own service show whose they are. */
  readonly asUser: boolean;
};

/**
 * A connection for generated clients: questions go through the supervisor, which finds a node that answers, and actions become
 * transactions of the user without any key in the page.
 */
export function appConnection(
  link: SupervisorLink,
  { app, root, user, asUser }: Place,
): Connection {
  return {
    root,
    // The supervisor writes the user's name over this, whoever that is.
    get account() {
      return user() ?? app;
    },
    signer: senderOf(link, app),
    port: clientPort(link, { root, asUser }),
  };
}

function senderOf(link: SupervisorLink, app: AccountName): Sender {
  return {
    send: async (actions) => {
      const foreign = actions.find(({ service }) => service !== app);
      if (foreign !== undefined) {
        const message = `a page acts on its own service; ${foreign.service} has a plugin for others`;
        return err({ code: "refused", status: 0, reason: "not-own-service", message });
      }
      const acted = await link.act(actions.map(({ method, rawData }) => ({ method, rawData })));
      if (!acted.ok) return err(clientErrorOf(acted.error));
      const { receipt, queued } = acted.value;
      if (queued !== undefined) return err({ code: "queued", transactionId: queued });
      if (receipt === undefined) return err({ code: "answer-malformed", url: app });
      const { failure: _none, ...final } = receipt;
      return ok(final);
    },
  };
}

/** What failed once it was sent is the service's refusal; what failed before is the supervisor's. */
function clientErrorOf({ code: reason, message, transactionId }: CallError): ClientError {
  if (transactionId === undefined) return { code: "refused", status: 0, reason, message };
  return { code: "transaction-failed", transactionId, reason, message };
}

function clientPort(
  link: SupervisorLink,
  { root, asUser }: Pick<Place, "root" | "asUser">,
): ClientPort {
  return {
    fetch: (url, { headers, body }) => {
      const { service, target } = placeOf(url, root);
      const posted = body === undefined ? {} : { body: new TextDecoder().decode(body) };
      const accept = headers["accept"] ?? "*/*";
      return link.fetch({ service, target, accept, asUser, ...posted });
    },
    now: () => Date.now(),
    sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  };
}

/** Which service an address of this network means; the root host is the home page's. */
export function placeOf(
  url: string,
  rootAddress: string,
): { readonly service: AccountName; readonly target: string } {
  const { host, pathname, search } = new URL(url);
  const rootHost = new URL(addressOf(rootAddress, undefined, "/")).host;
  const name = host === rootHost ? "home" : host.slice(0, -rootHost.length - 1);
  const account = parseAccountName(name);
  if (!account.ok || !host.endsWith(rootHost)) throw new TypeError(`${url} is not of this network`);
  return { service: account.value, target: pathname + search };
}
