import { randomBytes } from "node:crypto";

import type { Client } from "./closed-loop.ts";
import { HttpConnection } from "./http-connection.ts";
import type { QueryTarget } from "./job.ts";

/**
 * Asks `sites` which of some hashes have to be uploaded: as many reads of a table as hashes, in a service's own code.
 * Each request asks for others, so that none is answered from a cache.
 */
export async function openQueryClient({ port, rootHost, hashes }: QueryTarget): Promise<Client> {
  const connection = await HttpConnection.open(port);
  const host = `sites.${rootHost}:${port}`;
  return {
    send: async () => {
      const asked = Array.from({ length: hashes }, () => randomBytes(32).toString("hex"));
      const body = JSON.stringify(asked);
      const head = `POST /missing HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${body.length}\r\n\r\n`;
      const answer = await connection.request(Buffer.from(head + body));
      const text = Buffer.from(answer.body).toString();
      if (answer.status !== 200) throw new Error(`Kith: ${answer.status} ${text}`);
    },
    close: () => connection.close(),
  };
}
