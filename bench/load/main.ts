/** A process of its own that loads one system: `bun bench/load/main.ts '<LoadJob>'`. */
import { runClosedLoop, type Client } from "./closed-loop.ts";
import { openEtcdGrpcClient, openEtcdHttpClient } from "./etcd-client.ts";
import { openFloodClient } from "./flood-client.ts";
import type { LoadJob } from "./job.ts";
import { openKithClient } from "./kith-client.ts";
import { openQueryClient } from "./query-client.ts";

const parseJob: (text: string) => LoadJob = JSON.parse;

function openClient({ target }: LoadJob, client: number): Promise<Client> {
  switch (target.kind) {
    case "etcd-http":
      return openEtcdHttpClient(target.port);
    case "etcd-grpc":
      return openEtcdGrpcClient(target.port);
    case "kith":
      return openKithClient(target, client);
    case "kith-flood":
      return openFloodClient(target);
    case "kith-query":
      return openQueryClient(target);
  }
}

const job = parseJob(process.argv[2] ?? "");
const clients = await Promise.all(
  Array.from({ length: job.clients }, (_, client) => openClient(job, client)),
);
console.log(JSON.stringify(await runClosedLoop(clients, job)));
