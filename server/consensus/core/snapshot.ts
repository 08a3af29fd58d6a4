import { refreshVoters } from "../cft/membership.ts";
import { startBehind } from "../joint/epoch.ts";
import { BlockLog } from "../log/block-log.ts";
import { ConsensusLog } from "../log/consensus-log.ts";
import type { ConsensusInput } from "./input.ts";
import type { Output } from "./output.ts";
import type { ConsensusState } from "./state.ts";

type Installed = Extract<ConsensusInput, { kind: "snapshot-installed" }>;

/** Raft section 7: the log starts again behind the block whose state was taken over. Older snapshots are ignored. */
export function installSnapshot(state: ConsensusState, out: Output, input: Installed): void {
  const { block, certificate } = input;
  const num = block.header.blockNum;
  if (num <= state.commitNum) return;
  const headTerm = state.log.head.term;
  state.log = new BlockLog({ num: num - 1, id: block.header.previous, term: 0, time: 0 });
  state.log.append(block);
  state.consensus = new ConsensusLog(num, input.consensus);
  state.writes.pending = [];
  state.logFirst = num;
  state.commitNum = num;
  state.announcedNum = num;
  state.durableNum = num;
  refreshVoters(state, out);
  startBehind(state, out, { certificate, headTerm });
}
