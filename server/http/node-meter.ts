import type { HubMetrics } from "@kith/changes/hub";
import { Counter, Gauge, Registry } from "prom-client";

import type { NodeMetrics, NodePort } from "./node-port.ts";

/** Answers by how they were made. Plain numbers, because the hot path counts every request. */
export type AnswerCounts = { ready: number; routed: number; clientErrors: number; faults: number };

export type NodeMeter = {
  readonly contentType: string;
  readonly text: () => Promise<string>;
};

/** Everything is read when somebody asks: an idle node measures nothing. */
export function openMeter(
  node: NodePort,
  answers: Readonly<AnswerCounts>,
  changes: { readonly metrics: HubMetrics },
): NodeMeter {
  const registry = new Registry();
  measureProcess(registry);
  measureConsensus(registry, node);
  measureTransactions(registry, node);
  measureQueries(registry, node);
  measureChanges(registry, changes);
  registry.registerMetric(
    new Counter({
      name: "kith_http_answers_total",
      help: "HTTP answers: from ready bytes, by a route, refused as the client's error, failed by this node's fault",
      labelNames: ["kind"],
      registers: [],
      collect() {
        this.reset();
        for (const [kind, count] of Object.entries(answers)) this.inc({ kind }, count);
      },
    }),
  );
  return { contentType: registry.contentType, text: () => registry.metrics() };
}

type Measure = { readonly name: string; readonly help: string; readonly read: () => number };

function gauge(registry: Registry, { name, help, read }: Measure): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    }),
  );
}

function counter(registry: Registry, { name, help, read }: Measure): void {
  registry.registerMetric(
    new Counter({
      name,
      help,
      registers: [],
      collect() {
        this.reset();
        this.inc(read());
      },
    }),
  );
}

function measureProcess(registry: Registry): void {
  counter(registry, {
    name: "process_cpu_seconds_total",
    help: "CPU time of this process",
    read: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  });
  gauge(registry, {
    name: "process_resident_memory_bytes",
    help: "Memory of this process",
    read: () => process.memoryUsage.rss(),
  });
}

function measureConsensus(registry: Registry, node: NodePort): void {
  registry.registerMetric(
    new Gauge({
      name: "kith_block_height",
      help: "The newest block in the log, the newest final one and the newest executed one",
      labelNames: ["kind"],
      registers: [],
      collect() {
        const { head, final, executed } = node.status();
        this.set({ kind: "head" }, head?.num ?? 0);
        this.set({ kind: "final" }, final?.num ?? 0);
        this.set({ kind: "executed" }, executed?.num ?? 0);
      },
    }),
  );
  gauge(registry, {
    name: "kith_leader",
    help: "1 while this node leads",
    read: () => (node.status().role === "leader" ? 1 : 0),
  });
  gauge(registry, { name: "kith_term", help: "The term", read: () => node.status().term });
  gauge(registry, {
    name: "kith_ready",
    help: "1 while this node is ready to serve",
    read: () => (node.readiness().ready ? 1 : 0),
  });
  gauge(registry, {
    name: "kith_peers_connected",
    help: "Linked nodes",
    read: () => node.status().peers.filter((peer) => peer.connected).length,
  });
  counter(registry, {
    name: "kith_elections_total",
    help: "Elections that this node started",
    read: () => node.metrics().elections,
  });
}

function measureChanges(registry: Registry, changes: { readonly metrics: HubMetrics }): void {
  gauge(registry, {
    name: "kith_change_streams",
    help: "Clients that listen to changes",
    read: () => changes.metrics.streams,
  });
  gauge(registry, {
    name: "kith_live_queries",
    help: "Different queries that are answered again when blocks change what they read",
    read: () => changes.metrics.liveQueries,
  });
}

function measureTransactions(registry: Registry, node: NodePort): void {
  gauge(registry, {
    name: "kith_transactions_waiting",
    help: "Admitted here and not executed yet",
    read: () => node.metrics().transactionsWaiting,
  });
  counter(registry, {
    name: "kith_transactions_executed_total",
    help: "Executed, successfully or not",
    read: () => node.metrics().transactionsExecuted,
  });
  counter(registry, {
    name: "kith_transactions_failed_total",
    help: "Executed and failed",
    read: () => node.metrics().transactionsFailed,
  });
  counter(registry, {
    name: "kith_blocks_executed_total",
    help: "Blocks executed by this process",
    read: () => node.metrics().blocksExecuted,
  });
}

function measureQueries(registry: Registry, node: NodePort): void {
  const read = (): NodeMetrics["queries"] => node.metrics().queries;
  gauge(registry, {
    name: "kith_query_processes",
    help: "Processes that answer queries",
    read: () => read().processes,
  });
  gauge(registry, {
    name: "kith_queries_waiting",
    help: "Queries that wait for an answer",
    read: () => read().waiting,
  });
  gauge(registry, {
    name: "kith_query_cache_bytes",
    help: "Answers that are kept for those who ask the same",
    read: () => read().cacheBytes,
  });
  counter(registry, {
    name: "kith_query_process_restarts_total",
    help: "Query processes that were started in place of others",
    read: () => read().restarts,
  });
  registry.registerMetric(
    new Counter({
      name: "kith_queries_total",
      help: "Queries: answered by a process, from the cache, ended at their deadline, refused because too many waited",
      labelNames: ["kind"],
      registers: [],
      collect() {
        this.reset();
        const { answered, cached, timedOut, refused } = read();
        this.inc({ kind: "answered" }, answered);
        this.inc({ kind: "cached" }, cached);
        this.inc({ kind: "timed-out" }, timedOut);
        this.inc({ kind: "refused" }, refused);
      },
    }),
  );
}
