import type { Child } from "./child.ts";
import { settleMs } from "./cluster.ts";

/** What is to be hit may be over in less than a test otherwise waits between two looks. */
const lookMs = 1;

/** Kills a process as soon as there is a sign of what it shall be killed in; false when it has ended before. */
export async function killWhen(child: Child, what: string, sign: () => boolean): Promise<boolean> {
  const endMs = performance.now() + settleMs;
  while (child.status === undefined && !sign()) {
    if (performance.now() > endMs) throw new Error(`${child.name}: never ${what}`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  const isAlive = child.status === undefined;
  await child.kill();
  return isAlive;
}
