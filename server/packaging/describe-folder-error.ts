import type { FolderError } from "./folder-error.ts";

/** What happened, and what to do next. */
export function describeFolderError(error: FolderError): string {
  switch (error.code) {
    case "folder-missing":
      return `There is no folder ${error.path}.\nBuild the front-end first, then name the folder that it is built into.`;
    case "not-a-folder":
      return `${error.path} is not a folder.\nName the folder that the front-end is built into.`;
    case "folder-empty":
      return `There are no files in ${error.path}.\nName the folder that the front-end is built into.`;
    case "file-unreadable":
      return `${error.path} cannot be read (${error.reason}).`;
    case "path-not-publishable":
      return `${error.path} cannot be published: ${error.reason}.\nRename the file, or leave it out of the folder.`;
  }
}
