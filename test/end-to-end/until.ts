/** Between two looks at a condition. */
const pollMs = 50;

/** What no waiting changes: a process that has ended. */
export class Hopeless extends Error {}

/**
 * Asks again and again until `probe` gives something other than undefined or false. Says what it waited for, and what
 * went wrong last, when that does not happen in time. Nothing in these tests waits for time itself to pass.
 */
export async function until<T>(
  what: string,
  deadlineMs: number,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  let last = "";
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
      last = "";
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = ` (last: ${error instanceof Error ? error.message : String(error)})`;
    }
    if (performance.now() >= endMs) {
      throw new Error(`${what}: not within ${deadlineMs / 1000} s${last}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
