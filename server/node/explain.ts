import type { FolderLockError } from "@kith/store/folder-lock";
import type { LogNote, OpenLogError } from "@kith/store/log";
import type { OpenStateError } from "@kith/store/state";

/**
 * A log that lost what this node promised is never replaced by an older copy: with an older vote the node could vote
 * twice in a term. It comes back as a new node, with a new key, and the old folder is kept for whoever looks into it.
 */
export const rejoinAdvice =
  "Move the whole data folder aside, keep it, and start with an empty one as a new node: --join URL of another node. " +
  "Do not put back log.db, or the folder, from a backup: a node whose vote is older than what it said could vote twice";

/** Why a node cannot start with the files it has, and what its people can do. */
export function explainStart(error: FolderLockError | OpenLogError | OpenStateError): string {
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
      return `log.db cannot be read (${error.sqliteCode}: ${error.message}). If another program or the rights of the file keep it from being read, put that right and start again. If it is damaged: ${rejoinAdvice}`;
    case "other-chain":
      return `log.db belongs to network ${error.chain}; name another --data`;
    case "state-unreadable":
      return `state.db cannot be read (${error.sqliteCode}: ${error.message}). Delete state.db*: it is made again from the log`;
  }
}

export function explainNote(note: LogNote): string {
  switch (note.kind) {
    case "torn-tail":
      return `the last write before the stop was not finished and is dropped (${note.frames} frames); nobody was told of it`;
    case "corrupt-blocks":
      return `blocks ${note.nums.join(", ")} of log.db are damaged and will be fetched from other nodes`;
  }
}
