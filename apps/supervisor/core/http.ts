import { httpHost } from "@kith/sdk/plugin-host";

import { bytesWithin } from "./bytes-within.ts";
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
      const answer = await nodes.fetch({ account, target, method: "GET", headers: {} });
      const body = await bytesWithin(httpBodyBytesMax, answer);
      if (body === undefined) {
        throw new Failure("answer-too-long", `an answer has at most ${httpBodyBytesMax} bytes`);
      }
      return {
        status: answer.status,
        contentType: answer.headers.get("content-type") ?? "",
        body,
      };
    },
  });
}
