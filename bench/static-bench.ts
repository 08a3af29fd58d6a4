import { brotliCompressSync } from "node:zlib";

import { sha256Hex } from "@kith/protocol/hashes";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { sitesInterface } from "@kith/sdk/system/sites";

import { createAccount } from "./kith-account.ts";
import { rootHost, type KithCluster } from "./kith-cluster.ts";
import { startNginx } from "./nginx.ts";
import { measureStatic, type StaticResult } from "./static-files.ts";

const account = "bench-site";
const fileName = "script.js";
const fileBytes = 10 * 1024;

type StaticBench = {
  readonly folder: string;
  readonly kith: KithCluster;
  readonly nginxPort: number;
  readonly rounds: number;
  readonly seconds: number;
};

/** The same 10 KB of JavaScript from one node and from one worker of nginx. */
export async function benchStatic(bench: StaticBench): Promise<StaticResult[]> {
  const { kith, nginxPort } = bench;
  const content = scriptOf(fileBytes);
  await publish({ port: kith.leaderPort, content });
  const nginx = await startNginx(bench.folder, nginxPort, { [fileName]: content });
  try {
    const host = `${account}.${rootHost}:${kith.leaderPort}`;
    const url = `http://127.0.0.1:${kith.leaderPort}/${fileName}`;
    const targets = [
      { name: "Kith, 10 KB as they are", url, host, acceptEncoding: undefined },
      { name: "Kith, brotli as stored", url, host, acceptEncoding: "br" },
      {
        name: "nginx, 10 KB as they are",
        url: `http://127.0.0.1:${nginxPort}/${fileName}`,
        host: undefined,
        acceptEncoding: undefined,
      },
    ];
    return measureStatic(targets, bench);
  } finally {
    await nginx.stop();
  }
}

/** Two transactions: the content, and the file that is made of it. */
async function publish({
  port,
  content,
}: {
  readonly port: number;
  readonly content: Uint8Array;
}): Promise<void> {
  const { push } = await createAccount({ rootHost, port }, account);
  const sender = accountNameConstant(account);
  const { name: service, actions } = sitesInterface;
  const stored = Uint8Array.from(brotliCompressSync(content));
  const put = actions.putChunk.args.pack({ data: stored });
  await push([{ sender, service, method: methodNameConstant("putChunk"), rawData: put }]);
  const link = actions.link.args.pack({
    file: {
      path: `/${fileName}`,
      contentType: "text/javascript",
      encoding: "br",
      hash: sha256Hex(content),
      sizeBytes: content.length,
      chunks: [sha256Hex(stored)],
      immutable: false,
    },
  });
  await push([{ sender, service, method: methodNameConstant("link"), rawData: link }]);
}

/** Looks like a program, so that it compresses like one. */
function scriptOf(size: number): Uint8Array {
  let text = "";
  for (let line = 0; text.length < size; line++) {
    text += `export const value${line} = compute("${(line * 2654435761) % 4294967296}", ${line});\n`;
  }
  return new TextEncoder().encode(text.slice(0, size));
}
