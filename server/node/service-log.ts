import type { AccountName } from "@kith/protocol/ids";

/** What all services together may print in a second: one that writes in a loop shall fill nobody's disk. */
export const logLinesPerSecondMax = 100;

export type ServiceLogPorts = {
  readonly print: (line: string) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly nowMs: () => number;
};

/** Prints what services write to their console, each line with the service's name, and says how many it left out. */
export function serviceLog({
  print,
  nowMs,
}: ServiceLogPorts): (service: AccountName, line: string) => void {
  let sinceMs = nowMs();
  let printed = 0;
  let leftOut = 0;
  return (service, text) => {
    const now = nowMs();
    if (now - sinceMs >= 1000) {
      if (leftOut > 0) print(`(${leftOut} lines of services were left out)`);
      sinceMs = now;
      printed = 0;
      leftOut = 0;
    }
    for (const line of text.split("\n")) {
      if (printed < logLinesPerSecondMax) print(`[${service}] ${printable(line)}`);
      else leftOut++;
      printed++;
    }
  };
}

/** A service does not move the cursor of a terminal. */
function printable(line: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is taken out
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}
