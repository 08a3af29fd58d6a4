/** Whose event it is: dropped when the owner was restarted since, kept waiting while the owner is paused. */
export type Owner = { epoch: number; resumesAtMicros: number };

type Timer = {
  timeMicros: number;
  seq: number;
  readonly run: () => void;
  readonly owner: Owner | undefined;
  readonly epoch: number;
  isCancelled: boolean;
};

/** The virtual clock: a heap of events by (time, order of scheduling), so a run is a function of its inputs. */
export type Scheduler = {
  now(): number;
  /** Runs once after `delayMicros`; for `owner` only while the incarnation that asked still lives. */
  after(delayMicros: number, run: () => void, owner?: Owner): Timer;
  /** Runs the next event; false when there is none before `untilMicros`, and then it is `untilMicros`. */
  runNext(untilMicros: number): boolean;
  eventCount(): number;
};

export function createScheduler(): Scheduler {
  const heap: Timer[] = [];
  let nowMicros = 0;
  let seq = 0;
  let eventCount = 0;

  function schedule(timer: Timer, timeMicros: number): void {
    timer.timeMicros = timeMicros;
    timer.seq = seq++;
    pushTimer(heap, timer);
  }

  function runNext(untilMicros: number): boolean {
    for (;;) {
      const next = heap[0];
      if (next === undefined || next.timeMicros > untilMicros) {
        nowMicros = untilMicros;
        return false;
      }
      popTimer(heap);
      const { owner } = next;
      if (next.isCancelled || (owner !== undefined && owner.epoch !== next.epoch)) continue;
      if (owner !== undefined && owner.resumesAtMicros > next.timeMicros) {
        schedule(next, owner.resumesAtMicros);
        continue;
      }
      nowMicros = next.timeMicros;
      eventCount += 1;
      next.run();
      return true;
    }
  }

  return {
    now: () => nowMicros,
    after(delayMicros, run, owner) {
      const epoch = owner?.epoch ?? 0;
      const timer: Timer = { timeMicros: 0, seq: 0, run, owner, epoch, isCancelled: false };
      schedule(timer, nowMicros + Math.max(0, Math.round(delayMicros)));
      return timer;
    },
    runNext,
    eventCount: () => eventCount,
  };
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.timeMicros < b.timeMicros || (a.timeMicros === b.timeMicros && a.seq < b.seq);
}

function pushTimer(heap: Timer[], timer: Timer): void {
  let hole = heap.length;
  heap.push(timer);
  while (hole > 0) {
    const above = (hole - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(timer, parent)) break;
    heap[hole] = parent;
    hole = above;
  }
  heap[hole] = timer;
}

function popTimer(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let hole = 0;
  for (;;) {
    let below = 2 * hole + 1;
    let child = heap[below];
    if (child === undefined) break;
    const right = heap[below + 1];
    if (right !== undefined && isBefore(right, child)) {
      below += 1;
      child = right;
    }
    if (!isBefore(child, last)) break;
    heap[hole] = child;
    hole = below;
  }
  heap[hole] = last;
}
