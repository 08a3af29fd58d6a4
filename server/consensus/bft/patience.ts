import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";

/** Progress within this part of the timeout shows that the timeout may be shorter; beyond half of it, that it is too short. */
const quickPart = 1 / 4;
const slowPart = 1 / 2;
/** How far progress alone lengthens the timeout, in least ones: a leader that is slow on purpose gains no more by it (decision 0153). */
const slowTimeoutsMax = 4;

export type Before = { readonly commitNum: number; readonly pending: boolean };

export function isPending({ log, commitNum }: ConsensusState): boolean {
  return log.head.num > commitNum;
}

export function beforeOf(state: ConsensusState): Before {
  return { commitNum: state.commitNum, pending: isPending(state) };
}

/** How long it took until something became final tells how long to wait for it. */
export function noteProgress(state: ConsensusState, out: Output, before: Before): void {
  const { clock } = state.bft;
  const nowMs = out.now.monotonicMs;
  if (state.commitNum > before.commitNum) {
    adapt(state, before.pending ? nowMs - clock.progressMs : 0);
    clock.progressMs = nowMs;
    clock.advanced = true;
  } else if (!before.pending && isPending(state)) {
    clock.progressMs = nowMs;
  }
}

function adapt({ bft, config }: ConsensusState, tookMs: number): void {
  const { clock } = bft;
  const { viewTimeoutMsMin, viewTimeoutMsMax } = config;
  if (tookMs < clock.timeoutMs * quickPart) {
    clock.timeoutMs = Math.max(viewTimeoutMsMin, clock.timeoutMs / 2);
  } else if (tookMs > clock.timeoutMs * slowPart) {
    const longestMs = Math.min(viewTimeoutMsMax, viewTimeoutMsMin * slowTimeoutsMax);
    clock.timeoutMs = Math.max(clock.timeoutMs, Math.min(longestMs, clock.timeoutMs * 2));
  }
}

/** Terms that got nothing done make everybody more patient, but not those that had nothing to do. */
export function noteFailure(state: ConsensusState): void {
  const { config } = state;
  const { clock, root } = state.bft;
  const hadWork = root === undefined || isPending(state);
  if (!hadWork || clock.advanced) return;
  clock.timeoutMs = Math.min(clock.timeoutMs * 2, config.viewTimeoutMsMax);
}
