import type { FolderLockError } from "./folder-lock.ts";
import type { OpenLogError } from "./log.ts";
import type { OpenStateError } from "./state.ts";

/** What to tell the operator when a data folder cannot be opened: what is wrong, and what to do. */
export function adviceOf(error: FolderLockError | OpenLogError | OpenStateError): string {
  switch (error.code) {
    case "folder-in-use": {
      const who = error.pid === undefined ? "another node" : `another node (process ${error.pid})`;
      return `${who} works in ${error.folder}: stop it, or give this node a folder of its own`;
    }
    case "folder-unusable":
      return `${error.folder} cannot be used: ${error.message}`;
    case "log-corrupt": {
      const where = error.offset === undefined ? "" : ` at byte ${error.offset}`;
      return `${error.file} is damaged${where} (${error.why}): blocks or a vote that this node answered for are lost. ${rejoin}`;
    }
    case "log-unreadable":
      return `log.db cannot be read (${error.sqliteCode}: ${error.message}). ${rejoin}`;
    case "vote-corrupt":
      return `the vote in log.db is damaged, so this node could vote twice in one term. ${rejoin}`;
    case "other-chain":
      return `log.db belongs to the chain ${error.chain}: give this node a folder of its own`;
    case "schema-too-new":
      return `the file has schema ${error.version}, this Kith knows ${error.versionKnown}: use a newer Kith`;
    case "state-unreadable":
      return `state.db cannot be read (${error.sqliteCode}: ${error.message}). Look at the disk, then delete state.db, state.db-wal and state.db-shm: the node makes it again from its log and its peers`;
  }
}

const rejoin =
  "Look at the disk, keep a copy of the folder, and let the node rejoin as an observer with an empty folder and a new key";
