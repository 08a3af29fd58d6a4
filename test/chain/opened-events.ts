import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openEvents, type OpenedEvents } from "@kith/store/events";

/** Events in a folder that goes with the process. */
export function openedEvents(): OpenedEvents {
  const folder = mkdtempSync(join(tmpdir(), "kith-events-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const opened = openEvents({
    folder,
    onBroken: (broken) => {
      throw broken;
    },
  });
  if (!opened.ok) throw new Error(opened.error.code);
  return opened.value;
}
