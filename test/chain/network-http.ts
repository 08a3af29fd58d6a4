import { createApp } from "@kith/http/app";
import type { NodePort } from "@kith/http/node-port";
import { ok } from "@kith/protocol/result";
import { prepareTransaction } from "@kith/protocol/transactions";
import type { Answer, ClientPort, RequestParts } from "@kith/sdk/client";

import type { TestNetwork } from "./network.ts";

/** What HTTP needs of a node, as far as clients of services ask for it; the rest is not there. */
function nodeOf(network: TestNetwork): NodePort {
  const { chain } = network;
  const asked: Partial<NodePort> = {
    applied: () => chain.applied(),
    taposReference: () => chain.taposReference(),
    hasAccount: (name) => chain.hasAccount(name),
    hasServer: (name) => chain.hasServer(name),
    definition: (name) => chain.definition(name),
    query: (service, request) => Promise.resolve(ok(chain.query(service, request))),
    receipt: (id) => {
      const receipt = chain.receipt(id);
      return receipt === undefined ? undefined : { receipt };
    },
    submit: (bytes) => {
      const prepared = prepareTransaction(bytes);
      if (!prepared.ok) return Promise.resolve({ kind: "refused", error: prepared.error });
      const micros = network.time * 1_000_000;
      const admitted = chain.checkAdmission(prepared.value, micros);
      if (!admitted.ok) return Promise.resolve({ kind: "refused", error: admitted.error });
      const proved = chain.checkCustomProofs(prepared.value, micros);
      if (!proved.ok) return Promise.resolve({ kind: "refused", error: proved.error });
      const [receipt] = network.block([prepared.value]).receipts;
      if (receipt === undefined) throw new Error("no receipt");
      return Promise.resolve({ kind: "final", receipt });
    },
    onTouched: () => () => undefined,
  };
  return withAbsent(asked);
}

/** Whatever else the routes want at their start is there, and answers nothing. */
function withAbsent<T extends object>(asked: Partial<T>): T;
function withAbsent(asked: object): object {
  const absent: object = new Proxy(() => undefined, {
    get: (_, name) => (name === "then" ? undefined : absent),
  });
  return new Proxy(asked, {
    get: (parts, name): unknown => (Reflect.has(parts, name) ? Reflect.get(parts, name) : absent),
  });
}

/** A client's way into the network: real HTTP routes, no sockets. The clock is the network's. */
export function clientPortOf(network: TestNetwork): ClientPort {
  const app = createApp(nodeOf(network), {
    rootHost: "kith.localhost",
    adminKeys: [],
    onFault: (fault) => {
      throw fault;
    },
  });
  return {
    fetch: async (url: string, { method, headers, body }: RequestParts): Promise<Answer> => {
      const sent = new Headers(headers);
      sent.set("host", new URL(url).host);
      const init = { method, headers: sent, ...(body === undefined ? {} : { body }) };
      return app.fetch(new Request(url, init), () => "127.0.0.1");
    },
    now: () => network.time * 1000,
    sleep: async () => {
      network.time++;
    },
  };
}
