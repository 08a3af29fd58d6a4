/** A running hash of everything that happens; two runs of one seed at one commit end with the same digest. */
export type Trace = {
  note(kind: string, node: number, a?: number, b?: number | string): void;
  digest(): string;
};

type Clock = () => number;

/** `print` also receives every event as a line, to be read by people. */
export function createTrace(now: Clock, print?: (line: string) => void): Trace {
  let low = 0x811c9dc5 | 0;
  let high = 0x9e3779b9 | 0;

  function mix(value: number): void {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high ^ (value + (low >>> 15)), 0x85ebca6b);
  }

  function mixText(text: string): void {
    for (let at = 0; at < text.length; at += 1) mix(text.charCodeAt(at));
  }

  return {
    note(kind, node, a = 0, b = 0) {
      mix(now() | 0);
      mixText(kind);
      mix(node);
      mix(a | 0);
      if (typeof b === "string") mixText(b);
      else mix(b | 0);
      print?.(`${(now() / 1e6).toFixed(6)} node ${node} ${kind} ${a} ${b}`);
    },
    digest: () => hex(low) + hex(high),
  };
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
