/** One client: sends its next request when the answer to the last one is there. */
export type Client = {
  readonly send: () => Promise<void>;
  readonly close: () => void;
};

export type LoadResult = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
};

export type LoadTime = { readonly warmUpMs: number; readonly measuredMs: number };

/** Runs all clients side by side; only requests that began after the warm-up are counted. */
export async function runClosedLoop(
  clients: readonly Client[],
  time: LoadTime,
): Promise<LoadResult> {
  const start = performance.now() + time.warmUpMs;
  const end = start + time.measuredMs;
  const latencies: number[] = [];
  await Promise.all(
    clients.map(async (client) => {
      for (let sent = performance.now(); sent < end; sent = performance.now()) {
        await client.send();
        const answered = performance.now();
        if (sent >= start && answered <= end) latencies.push(answered - sent);
      }
    }),
  );
  for (const client of clients) client.close();
  const sorted = Float64Array.from(latencies).toSorted();
  const quantile = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return {
    perSecond: (sorted.length / time.measuredMs) * 1000,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    requests: sorted.length,
  };
}
