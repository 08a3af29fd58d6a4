import { factsOf } from "../core/failure.ts";
import {
  channelName,
  frameLock,
  windowLock,
  type OfFrame,
  type OfWindow,
} from "./one-time-window.ts";

/**
 * The window's end. Calls `run` once, with what the frame wants, and closes the window when that is done, or when nobody waits
 * any more. False when nobody has opened this window for anything.
 */
export async function serveWindow(run: (task: unknown) => Promise<unknown>): Promise<boolean> {
  const id = location.hash.slice(1);
  // A page that frames it would stand around it, and what it covers nobody sees.
  if (window !== top || !/^[0-9a-f]{32}$/.test(id)) return false;
  history.replaceState(null, "", location.pathname);
  if (!(await holdLock(windowLock(id)))) return false;
  // Free: the frame that has opened this window is gone, or never was.
  const isAwaited = await navigator.locks.request(
    frameLock(id),
    { ifAvailable: true },
    (lock) => lock === null,
  );
  if (!isAwaited) return false;
  void navigator.locks.request(frameLock(id), () => close());
  const channel = new BroadcastChannel(channelName(id));
  const tell = (message: OfWindow): void => channel.postMessage(message);
  const task = new Promise<unknown>((resolve) =>
    channel.addEventListener("message", ({ data }: MessageEvent<OfFrame>) => resolve(data.task), {
      once: true,
    }),
  );
  tell({ kind: "ready" });
  try {
    tell({ kind: "done", value: await run(await task) });
  } catch (thrown) {
    tell({ kind: "failed", ...factsOf(thrown) });
  }
  close();
  return true;
}

/** Until the window is gone. False when somebody else holds it: the address was opened twice. */
function holdLock(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      resolve(lock !== null);
      if (lock !== null) await new Promise(() => undefined);
    });
  });
}
