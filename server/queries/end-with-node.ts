/**
 * A thread of a query process that ends it with its node, also in the middle of a loop: the other end of this pipe is
 * closed when the node is gone, however it went.
 */
import { readSync } from "node:fs";

import { pipes } from "./pipes.ts";

if (isClosed()) process.kill(process.pid, "SIGKILL");

function isClosed(): boolean {
  try {
    return readSync(pipes.life, new Uint8Array(1), 0, 1, null) === 0;
  } catch {
    // Somebody else than a node has started this process, and takes care of it.
    return false;
  }
}
