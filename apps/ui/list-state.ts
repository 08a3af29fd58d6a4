/** What is known of the items of a list. */
export type ListState<Item> =
  | { readonly status: "loading" }
  | { readonly status: "ready"; readonly items: readonly Item[] }
  /** As they were; newer ones are on their way. */
  | { readonly status: "stale"; readonly items: readonly Item[] }
  /** Without network: what is known, if anything is. */
  | { readonly status: "offline"; readonly items: readonly Item[] | undefined }
  | {
      readonly status: "error";
      /** What happened, and what to do. */
      readonly message: string;
      readonly items: readonly Item[] | undefined;
    };
