import type { LightError } from "@kith/protocol/light-client";

import type { ProofError } from "../proof.ts";
import type { NodeError } from "./ask-node.ts";

/**
 * Why nothing is proved. Codes that begin with `certificate-`, `light-` or `other-`, and `not-proved`, mean that the node shows what no
 * honest one would show, or knows less than this client does (`light-header-stale`): ask another one.
 */
export type LightClientError =
  | NodeError
  | LightError
  | ProofError
  /** What was kept is no checkpoint. */
  | { readonly code: "checkpoint-malformed" }
  /** No block has this number. */
  | { readonly code: "light-num-invalid"; readonly num: number }
  /** The header of another block than the one that was asked for. */
  | { readonly code: "light-header-wrong"; readonly num: number; readonly wanted: number }
  /** The node shows less than was known when it was asked: it is behind, or hides what is newer. */
  | { readonly code: "light-header-stale"; readonly num: number; readonly checkpoint: number }
  /** A header that nobody signed. */
  | { readonly code: "light-certificate-missing"; readonly num: number }
  /** The node's log begins behind this block. */
  | { readonly code: "light-header-gone"; readonly num: number; readonly oldest: number }
  /** The way there is too long, or a node makes it long: to go back so far, start from an older checkpoint. */
  | { readonly code: "light-pages-too-many"; readonly pagesMax: number };
