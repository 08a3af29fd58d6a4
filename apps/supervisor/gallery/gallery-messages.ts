import type { AccountName } from "@kith/protocol/ids";

/** What the page has the frame ask; `settles`: nothing follows. */
export type GalleryAsk = {
  readonly id: number;
  readonly settles: boolean;
  readonly asked:
    | { readonly kind: "prompt"; readonly prompt: string; readonly details: string }
    | { readonly kind: "create"; readonly account: AccountName }
    | { readonly kind: "prove"; readonly claim: Uint8Array; readonly message: Uint8Array }
    | { readonly kind: "choose" };
};

export type GalleryNews =
  | { readonly kind: "ready" }
  | { readonly kind: "show"; readonly isShown: boolean }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly code: string };
