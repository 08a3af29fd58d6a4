import type { OpenEventsError } from "@kith/store/events";
import type { FolderLockError } from "@kith/store/folder-lock";
import type { LogNote, OpenLogError } from "@kith/store/log";
import type { OpenStateError } from "@kith/store/state";
import { StoreBroken } from "@kith/store/store-broken";

/**
 * A log that lost what this node promised is not mended with an older one: with an older vote the node could vote twice in a term. In an
 * older folder as a whole it notices that (decision 0140); the damaged one is kept for whoever looks into it.
 */
export const rejoinAdvice =
  "Move the whole data folder aside and keep it. Then start in an older copy of the whole folder: the node notices that, and only follows until the other " +
  "producers have told it what it may have forgotten. Or start with an empty folder as a new node: --join URL of another node. " +
  "Do not put back log.db alone, which does not fit the other files";

/** Why a node cannot start with the files it has, and what its people can do. */
export function explainStart(
  error: FolderLockError | OpenLogError | OpenStateError | OpenEventsError,
): string {
  switch (error.code) {
    case "folder-in-use":
      return `${error.folder} is in use by another node (process ${error.pid ?? "unknown"}); stop it, or name another --data`;
    case "folder-unusable":
      return `${error.folder} cannot be used (${error.message}); make it writable for this user, or name another --data`;
    case "schema-too-new":
      return `the data were written by a newer release (schema ${error.version}, this one knows ${error.versionKnown}); upgrade this node`;
    case "log-corrupt":
      return `${error.file} is damaged (${error.why}${error.offset === undefined ? "" : ` at byte ${error.offset}`}): what this node promised to keep is lost. ${rejoinAdvice}`;
    case "vote-corrupt":
      return `the vote in log.db is damaged. ${rejoinAdvice}`;
    case "log-unreadable":
      return (
        explainFullDisk("log.db", error) ??
        `log.db cannot be read (${error.sqliteCode}: ${error.message}). If another program or the rights of the file keep it from being read, put that right and start again. If it is damaged: ${rejoinAdvice}`
      );
    case "other-chain":
      return `log.db belongs to network ${error.chain}; name another --data`;
    case "state-unreadable":
      return (
        explainFullDisk("state.db", error) ??
        `state.db cannot be read (${error.sqliteCode}: ${error.message}). Delete state.db*: it is made again from the log`
      );
    case "events-unreadable":
      return (
        explainFullDisk("events.db", error) ??
        `events.db cannot be read (${error.sqliteCode}: ${error.message}). Delete events.db*: nothing depends on it. ${eventsAdvice}`
      );
    case "events-of-other-chain":
      return `events.db belongs to network ${error.chain}; move it away, or name another --data`;
  }
}

/** Nothing is damaged where there is only no room: nothing has to be deleted or moved but other files. */
function explainFullDisk(
  file: string,
  { sqliteCode, message }: { readonly sqliteCode: string; readonly message: string },
): string | undefined {
  const broken = new StoreBroken(file, sqliteCode, message);
  return broken.code === "disk-full" ? broken.message : undefined;
}

/** Events are made by executing blocks, and a block is executed again only where the state has not got it. */
const eventsAdvice =
  "To have the events made again as well, delete state.db* too, while log.db still has all blocks";

/** What happened in blocks that this node has executed and has no events of; undefined when there are none. */
export function explainMissingEvents(applied: number, newest: number): string | undefined {
  if (newest >= applied) return undefined;
  return `events.db has no events of blocks ${newest + 1} to ${applied}. ${eventsAdvice}`;
}

/** Damage that copies would mend, when no linked node has any. */
export type CopiesMissing =
  /** Before the start: this node may have confirmed these blocks. */
  | { readonly code: "copies-missing"; readonly nums: readonly number[] }
  /** While it runs: the next block to execute. */
  | { readonly code: "block-lost"; readonly num: number };

/** Begins with the code, so that it is found in what a node has said. */
export function explainCopiesMissing(missing: CopiesMissing): string {
  switch (missing.code) {
    case "copies-missing":
      return (
        `${missing.code}: no linked node has copies of the damaged blocks ${missing.nums.join(", ")} of log.db. This node takes no part until one has, or until the ` +
        `network went on without them. ${linkAdvice} ${rejoinAdvice}`
      );
    case "block-lost":
      return (
        `${missing.code}: block ${missing.num} of log.db is damaged and not executed, and no linked node has a copy. This node asks for the state behind it, and executes ` +
        `nothing until it has that. ${linkAdvice} ${rejoinAdvice}`
      );
  }
}

const linkAdvice =
  "Start the other nodes, or name one that is linked to none of them (--peer URL). When no node has them any more:";

export function explainNote(note: LogNote): string {
  switch (note.kind) {
    case "torn-tail":
      return `the last write before the stop was not finished and is dropped (${note.frames} frames); nobody was told of it`;
    case "corrupt-blocks":
      return `blocks ${note.nums.join(", ")} of log.db are damaged and will be fetched from other nodes`;
  }
}

/** Why the node cannot listen where it was told to. */
export function explainListen(
  error: unknown,
  { port, hostname }: { readonly port: number; readonly hostname: string },
): string {
  const code = codeOf(error);
  if (code === "EADDRINUSE") {
    return `port ${port} is in use by another program; stop it, or name another --port`;
  }
  if (code === "EACCES") {
    return `port ${port} may not be used by this user; name one from 1024 on with --port`;
  }
  return `nobody can listen on ${hostname} port ${port} (${messageOf(error)}); name an address of this machine with --listen`;
}

/** The system's refusals are for people; anything else is a fault of the program, and its place is what helps. */
export function explainFault(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  if (fault instanceof StoreBroken) return fault.message;
  if ("syscall" in fault && codeOf(fault) !== undefined) {
    return `${fault.message}; look at the disk and at the rights of the data folder`;
  }
  return fault.stack ?? fault.message;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
