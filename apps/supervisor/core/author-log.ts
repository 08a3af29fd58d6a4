/** For developers who look: what plugins write to their console, and what could not be carried out. */
export function authorLog(who: string, line: string): void {
  // oxlint-disable-next-line no-console -- it is what the console is for
  console.debug(`[${who}] ${line}`);
}
