import type { CatchUpError } from "@kith/http/node-port";
import { err, ok, type Result } from "@kith/protocol/result";
import type { Replica } from "@kith/replica/replica";

import type { WaitingForNum } from "./waiting-for-num.ts";

/** Has a reader wait until this node has executed all that was acknowledged anywhere when it asked (thesis 6.4). */
export function catchUp(
  executed: Pick<WaitingForNum, "reach">,
  replica: Pick<Replica, "readIndex"> | undefined,
  msMax: number,
): Promise<Result<void, CatchUpError>> {
  if (replica === undefined) return Promise.resolve(err({ code: "leader-silent" }));
  return new Promise((resolve) => {
    // Who leads says how far the network is.
    replica.readIndex((num) => {
      if (num === undefined) return resolve(err({ code: "leader-silent" }));
      executed.reach(num, msMax, (isThere) => {
        resolve(isThere ? ok(undefined) : err({ code: "catching-up", timeoutMs: msMax }));
      });
    });
  });
}
