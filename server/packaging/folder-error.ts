/** Why a folder cannot be read as the files of a site. */
export type FolderError =
  | { readonly code: "folder-missing"; readonly path: string }
  | { readonly code: "not-a-folder"; readonly path: string }
  | { readonly code: "folder-empty"; readonly path: string }
  | { readonly code: "file-unreadable"; readonly path: string; readonly reason: string }
  | { readonly code: "path-not-publishable"; readonly path: string; readonly reason: string };
