/** How long a query may run before its process is killed; `--query-ms`. */
export const queryMsDefault = 2_000;

/** More than any machine has cores for. */
export const queryProcessesMax = 256;

/** Requests that wait for a process, in all and of one service, and how long. */
export const queuedMax = 1_024;
export const queuedOfServiceMax = 256;
export const queuedMsMax = 10_000;

/** Requests that one process has at a time: the next one is there when it has answered. */
export const windowMax = 4;

/** A request that runs for longer than this holds up those behind it: others take them over. */
export const slowMs = 20;

/** How many times its deadline a query may take while the machine gives its process less than half of a core. */
export const starvedTimesMax = 4;

/** For so long a service that ran into the deadline gets one process only, and nobody behind it. */
export const suspectMs = 30_000;
export const suspectsMax = 1_024;

/** Between two looks at deadlines while anything runs; later than this by as much, the node itself was held up. */
export const tickMs = 20;
export const tickLateMsMax = 100;

/** How often a request may have brought its process down before it is not tried again. */
export const attemptsMax = 2;

/** How long a process may take to start, and the pause before another try, which doubles. */
export const startMsMax = 60_000;
export const restartMsMin = 100;
export const restartMsMax = 5_000;

/** Memory above which a process is replaced when it has answered, and above which it is killed. */
export const residentBytesMax: number = 512 * 1024 * 1024;
export const residentBytesKilled: number = 1024 * 1024 * 1024;
export const ticksBetweenMemoryLooks = 10;
/** Between two reports of a process about its memory. */
export const memoryReportMs = 100;

/** One frame on a pipe: the largest reply with what stands beside it. */
export const frameBytesMax: number = 80 * 1024 * 1024;
/** Changed rows in one frame, in bytes, when there are several. */
export const changesFrameBytes: number = 256 * 1024;

/** Blocks that are kept for the processes when the state does not write its file. */
export const backlogBlocksMax = 4_096;

/** Answers that are kept, in bytes: together, and the largest. */
export const cacheBytesMax: number = 32 * 1024 * 1024;
export const cachedAnswerBytesMax: number = 256 * 1024;

/** Rows of one space that an answer depends on one by one; with more it depends on all of them. */
export const readKeysMax = 256;
/** Ranges of one space that are told apart. */
export const readRangesMax = 16;

/** Changed rows that are remembered one by one; of older changes only the height is known. */
export const touchedRowsMax = 65_536;
export const touchedSpacesMax = 65_536;
/** Blocks and rows that wait to be looked at; when nobody asks for so long, nothing of the cache is worth keeping. */
export const untoldBlocksMax = 256;
export const untoldRowsMax = 16_384;

/** The share of time that the file may be written only because somebody waits for SQL, and the least pause. */
export const writeShareMax = 0.1;
export const writePauseMsMin = 20;
