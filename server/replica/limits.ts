import { frameBytesMax } from "@kith/protocol/limits";
import type { NodeMessage } from "@kith/protocol/node-message";

/** Admitted transactions that wait for their block on one node. */
export const poolTransactionsMax = 100_000;
export const poolBytesMax = 128 * 1024 * 1024;

/** Of one sender: nobody fills the pool alone. */
export const poolSenderTransactionsMax = 20_000;
export const poolSenderBytesMax = 48 * 1024 * 1024;
/** Transactions of one sender on their way, so that the others do not wait long for what one sends. */
export const sharingSenderMax = 3;
/** The same where no other sender was seen lately. */
export const aloneSenderMax = 64;

/**
 * Units of work of one sender that are proposed and not executed, as far as its last transactions tell; one
 * transaction always goes. Where a sender calls what it was not seen calling, it is expected to take this much.
 */
export const fuelInFlightMax = 60_000_000;
export const unknownFuel = 20_000_000;
/** How long a unit takes until blocks have told, and how much work a block needs to tell. */
export const msPerFuelUsual = 1 / 10_000_000;
export const fuelMeasuredMin = 20_000_000;
/** A sender rests so many times as long as its transactions took, beyond what is not worth a rest. */
export const restPerWork = 6;
/** What takes less needs no rest: taking turns in blocks is enough. */
export const dearFuelMin = 15_000_000;
export const restSlackMs = 10;
/** Who has seen no other sender for so long does not rest. */
export const aloneMs = 2_000;
export const sendersKnownMax = 4_096;
/** Between two looks whether a sender has rested. */
export const restLookMs = 5;

/** Verdicts on proofs that are remembered between admission and execution. */
export const verdictsMax = 200_000;

/** A follower passes a transaction to the leader again when it has not been executed after this long. */
export const passAgainMs = 1_000;

/** Between two looks at what waits for a leader that may hold it back. */
export const demandLookMs = 250;
/** What has waited for longer is held against the leader, if this node would still admit it; so old is that answer at most. */
export const demandDoubtMs = 1_000;
/** Transactions that one look checks again. */
export const demandReviewsMax = 16;

/**
 * While blocks are in flight another is proposed when as much waits as one holds, or when this share of the shortest finality has
 * passed and as long as blocks wait for others on their way, and no sooner than this (decision 0150).
 */
export const pipelineSpacingShare = 1 / 8;
export const pipelineSpacingMs = 4;
/** Of what blocks wait on their way no more than this counts: larger blocks take longer to execute, and the next ones wait for that. */
export const pipelineWaitMsMax = 25;
/**
 * Blocks in flight hold as much as becomes final in twice the shortest finality, or in that and this long, whichever is more; and no
 * less than this.
 */
export const flightQueueMsMin = 100;
export const flightBytesMin = 16 * 1024;
/** One block holds this share of it, so that the next is on its way while the first is voted on. */
export const flightBlockShare = 1 / 4;
/** Where less than this share of it is free, the next block waits until a larger one can go. */
export const flightRoomShare = 1 / 8;

/** How many transactions one `submit` message carries at most. */
export const submitTransactionsMax = 512;

/** A repair or a join asks again when nothing came back for this long. */
export const requestAgainMs = 1_000;

/** How long somebody waits for a proof of finality, longer than an election or two; and for how long one question is good. */
export const certifyMsMax = 8_000;
export const certifyAgainMs = 200;
export const proofsWantedMax = 1_000;

/** A block that says nothing but what is true after the one before, and has nothing in it, is not made more often than this. */
export const headerAgainMs = 60_000;

/** Changes of producers that one answer carries, by bytes. */
export const changesResponseBytesMax = 2 * 1024 * 1024;

/** So long are copies of a damaged block asked for before it counts as lost: blocks are less than a snapshot. */
export const copiesAwaitedMs = 10_000;
/** Whoever cannot execute a lost block asks one node after the other for the state behind it, this often. */
export const stateAskedAgainMs = 5_000;

/** Damaged blocks that are asked for at the same time. */
export const repairsAskedMax = 16;

/** Blocks that one answer carries at most, by bytes. */
export const blocksResponseBytesMax = 2 * 1024 * 1024;
/** Blocks with one certificate for them all: small parts show early that they come. */
export const chainPartBytes = 512 * 1024;
/** Parts on their way to one node, so that a line of 100 ms and half a gigabit is full. */
export const chainFlightBytesMax = 8 * 1024 * 1024;
/** A node that is where it was gets the same again after so long, and each time after twice as long. */
export const chainAgainMsMin = 5_000;
export const chainAgainMsMax = 60_000;
/** The same where no certificate comes sooner: with its links, that is what is left of the frame. */
export const chainResponseBytesMax: number = frameBytesMax - 1024 * 1024;

/** A snapshot that nobody has asked for this long goes; until then the log keeps what follows it. */
export const snapshotIdleMs = 120_000;
/** People wait for one no longer. */
export const snapshotMakeMsMax = 600_000;
/** How far ahead of the newest block everybody is told to make a snapshot, and how long it may take to get there. */
export const snapshotPlanBlocks = 16;
export const snapshotPlanMsMax = 2_000;
/** Who is told to make one by others makes no more than one in this time. */
export const snapshotPlanAgainMs = 30_000;
/** A leader is asked again for a block that names the state of a snapshot, and not for ever. */
export const snapshotNamedAgainMs = 1_000;
export const snapshotNamedMsMax = 30_000;
/**
 * A snapshot takes the place of blocks when they are so many times longer, and not for less than so many, nor for less than so many bytes:
 * whoever takes it has no receipts and no events of the blocks that it leaves out, and a few seconds of blocks are not worth that.
 */
export const blocksTimesLonger = 2;
export const blocksLongerMin = 256;
export const blocksLongerBytesMin = 64 * 2 ** 20;
export const blocksSampled = 16;
/** Whether that is so is asked again after this long; and who asks for no chunks for as long gets blocks. */
export const longerAgainMs = 5_000;

/** Chunks of a snapshot that one peer is asked for ahead. */
export const snapshotChunksInFlight = 4;
/** A peer that takes longer for a chunk is left alone for a while, each time twice as long. */
export const chunkMsMax = 3_000;
export const peerRestMsMin = 2_000;
export const peerRestMsMax = 60_000;
/** Between two looks at what is late. */
export const downloadLookMs = 250;
/** Without a chunk for this long, another snapshot may take the place; and after this long there is no hope. */
export const downloadStalledMs = 5_000;
export const downloadHopelessMs = 20_000;
/** Who offered what could not be had offers in vain for this long. */
export const offerRefusedMs = 60_000;

/** Blocks that are final and wait for execution; beyond this a node asks the log again instead of holding them. */
export const pendingBlocksMax = 1_024;

/** Executed heights that the core is told at a start: more than a leader lags behind. */
export const executedToldMax = 256;

/** Executing final blocks gives way to messages and timers after this long. */
export const executeSliceMs = 20;

/** A linearizable read that the leader has not answered by then fails. */
export const readIndexMsMax = 2_000;

/** How long a submission waits for its outcome before the client is told to ask again. */
export const outcomeMsMax = 30_000;

/** What a block holds beside its transactions: the header, a change of producers, offsets. */
export const blockHeadroomBytes = 256 * 1024;

/**
 * What another node may ask of this one, in units of about 10 microseconds of work: so many at once, and so many more in a second. One unit
 * is what a reading under BFT costs, of which a node asks once a round trip; a hundred, reading blocks from the disk; fifty, a chunk, so that
 * three hundred go to a node in a second.
 */
export const peerUnitsMax = 30_000;
export const peerUnitsPerSecond = 15_000;
/** Above this, those are forgotten who have asked nothing for long. Links have limits of their own. */
export const peersKnownMax = 1_024;
export const questionUnits: { readonly [K in NodeMessage["kind"]]?: number } = {
  "read-round": 1,
  recall: 20,
  reminder: 20,
  "header-wanted": 20,
  "chain-request": 100,
  "blocks-request": 100,
  "changes-request": 100,
  "manifest-request": 50,
  "snapshot-request": 50,
};
