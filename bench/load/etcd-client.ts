import { randomBytes } from "node:crypto";

import type { Client } from "./closed-loop.ts";
import { GrpcConnection } from "./grpc-connection.ts";
import { HttpConnection } from "./http-connection.ts";

export const valueBytes = 256;

/** Puts a new key with a value of 256 bytes through etcd's JSON gateway. */
export async function openEtcdHttpClient(port: number): Promise<Client> {
  const connection = await HttpConnection.open(port);
  const nextKey = keys();
  const value = randomBytes(valueBytes).toString("base64");
  return {
    send: async () => {
      const key = Buffer.from(nextKey()).toString("base64");
      const body = `{"key":"${key}","value":"${value}"}`;
      const head = `POST /v3/kv/put HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${body.length}\r\n\r\n`;
      const answer = await connection.request(Buffer.from(head + body));
      if (answer.status !== 200) throw new Error(`etcd: ${Buffer.from(answer.body).toString()}`);
    },
    close: () => connection.close(),
  };
}

/** The same through gRPC. */
export async function openEtcdGrpcClient(port: number): Promise<Client> {
  const connection = await GrpcConnection.open(port, "/etcdserverpb.KV/Put");
  const nextKey = keys();
  const value = randomBytes(valueBytes);
  return {
    send: () => connection.call(putRequest(Buffer.from(nextKey()), value)),
    close: () => connection.close(),
  };
}

function keys(): () => string {
  const prefix = randomBytes(6).toString("hex");
  let count = 0;
  return () => `${prefix}/${count++}`;
}

/** etcdserverpb.PutRequest: 1 = key, 2 = value, both bytes. */
function putRequest(key: Buffer, value: Buffer): Buffer {
  const valueLength = Buffer.of((value.length & 0x7f) | 0x80, value.length >> 7);
  return Buffer.concat([Buffer.of(0x0a, key.length), key, Buffer.of(0x12), valueLength, value]);
}
