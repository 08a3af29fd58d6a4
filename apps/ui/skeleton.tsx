import { useEffect, useState } from "preact/hooks";

import { VisuallyHidden } from "./visually-hidden.tsx";

/** What comes sooner is not announced: a flash of grey is more unrest than a moment of nothing. */
export const skeletonDelayMs = 200;

export type SkeletonProps = {
  /** For those who hear the page. */
  readonly label: string;
  readonly rows?: number;
};

export function Skeleton({ label, rows = 3 }: SkeletonProps) {
  const isLate = useDelay(skeletonDelayMs);
  if (!isLate) return null;
  return (
    <div role="status" class="grid gap-4 py-3">
      <VisuallyHidden>{label}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} aria-hidden="true" class="grid animate-breathe gap-2">
          <div class="h-4 w-3/5 rounded-control bg-sunken" />
          <div class="h-3 w-4/5 rounded-control bg-sunken" />
        </div>
      ))}
    </div>
  );
}

function useDelay(delayMs: number): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), delayMs);
    return () => clearTimeout(timer);
  }, [delayMs]);
  return isOver;
}
