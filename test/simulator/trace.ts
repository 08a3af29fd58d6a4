/** A running hash of everything that happens; two runs of one seed at one commit end with the same digest. */
export type Trace = {
  /** `detail` is for people: it is no part of the digest, and made only when somebody reads along. */
  note(kind: string, node: number, fact?: number | string, detail?: () => string): void;
  digest(): string;
};

type Clock = () => number;

/** `print` also receives every event as a line, to be read by people. */
export function createTrace(now: Clock, print?: (line: string) => void): Trace {
  const known = new Map<string, number>();
  let low = 0x811c9dc5 | 0;
  let high = 0x9e3779b9 | 0;

  function mix(value: number): void {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high ^ (value + (low >>> 15)), 0x85ebca6b);
  }

  function mixKind(kind: string): void {
    let hash = known.get(kind);
    if (hash === undefined) {
      hash = hashOf(kind);
      known.set(kind, hash);
    }
    mix(hash);
  }

  return {
    note(kind, node, fact = 0, detail) {
      mix(now() | 0);
      mixKind(kind);
      mix(node);
      mix(typeof fact === "string" ? hashOf(fact) : fact | 0);
      if (print === undefined) return;
      const line = [(now() / 1e6).toFixed(6), "node", node, kind, fact, detail?.() ?? ""];
      print(line.join(" ").trimEnd());
    },
    digest: () => hex(low) + hex(high),
  };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash;
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
