import { httpHost } from "@kith/sdk/plugin-host";

import { Failure } from "./failure.ts";
import { answering, type HostAnswers } from "./host-answers.ts";
import { httpBodyBytesMax } from "./limits.ts";
import type { Nodes } from "./nodes.ts";

/** Reads that plugins ask for. */
export function httpAnswers(nodes: Nodes): HostAnswers {
  return answering(httpHost, {
    get: async ({ account, target }) => {
      if (!target.startsWith("/")) {
        throw new Failure("target-malformed", "a target begins with a slash");
      }
      const asked = { account, target, method: "GET", headers: {} } as const;
      const answer = await nodes.fetch({ ...asked, bytesMax: httpBodyBytesMax });
      return {
        status: answer.status,
        contentType: answer.headers.get("content-type") ?? "",
        body: new Uint8Array(await answer.arrayBuffer()),
      };
    },
  });
}
