import { createApp, type App } from "./app.ts";
import type { FakeNode } from "./fake-node.ts";

/** For tests: an app that turns a fault into a failed test, and asks as if over a socket from `from`. */
export function testApp(
  node: FakeNode,
  { streamLoginMs = 20 }: { readonly streamLoginMs?: number } = {},
): App {
  return createApp(node, {
    rootHost: "kith.localhost",
    adminKeys: ["other", "secret"],
    onFault: (fault) => {
      throw fault;
    },
    finalityTimeoutMs: 50,
    streamLoginMs,
  });
}

type Ask = RequestInit & { readonly from?: string; readonly host?: string };

export async function ask(app: App, url: string, init: Ask = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("host", init.host ?? new URL(url).host);
  const request = new Request(url, { ...init, headers });
  return await app.fetch(request, () => init.from ?? "127.0.0.1");
}

export async function codeOf(answer: Response): Promise<unknown> {
  const body: unknown = await answer.json();
  return typeof body === "object" && body !== null && "code" in body ? body.code : undefined;
}
