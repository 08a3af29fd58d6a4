import type { FolderLockError } from "@kith/store/folder-lock";
import type { LogNote, OpenLogError } from "@kith/store/log";
import type { OpenStateError } from "@kith/store/state";

/** Why a node cannot start with the files it has, and what its people can do. */
export function explainStart(error: FolderLockError | OpenLogError | OpenStateError): string {
  switch (error.code) {
    case "folder-in-use":
      return `${error.folder} is in use by another node (process ${error.pid ?? "unknown"}); stop it, or name another --data`;
    case "folder-unusable":
      return `${error.folder} cannot be used: ${error.message}`;
    case "schema-too-new":
      return `the data were written by a newer release (schema ${error.version}, this one knows ${error.versionKnown}); upgrade this node`;
    case "log-corrupt":
      return `${error.file} is damaged (${error.why}${error.offset === undefined ? "" : ` at byte ${error.offset}`}): what this node promised to keep is lost. Restore the data folder from a backup taken after its last vote, or move it away and join the network again with --join`;
    case "vote-corrupt":
      return "the vote in log.db is damaged: this node could vote twice. Move the data folder away and join the network again with --join";
    case "log-unreadable":
      return `log.db cannot be read (${error.sqliteCode}: ${error.message}). Restore it from a backup, or move the data folder away and join the network again with --join`;
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
