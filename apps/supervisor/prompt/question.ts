import {
  parsePromptDetails,
  type PromptDetails,
  type PromptKind,
} from "@kith/sdk/plugins/prompt-kinds";

/** What users are asked, by its kind. */
export type Question = {
  readonly [Kind in PromptKind]: { readonly kind: Kind; readonly details: PromptDetails[Kind] };
}[PromptKind];

/** The details as they came; undefined when they are none of this kind. */
export function questionOf(kind: PromptKind, json: string): Question | undefined {
  const details = parsePromptDetails(kind, json);
  // oxlint-disable-next-line no-unsafe-type-assertion -- the parser is the one of this kind
  return details === undefined ? undefined : ({ kind, details } as Question);
}

/** Showing somebody a link and a code needs no consent; everything else does. */
export function needsConsent({ kind, details }: Question): boolean {
  return kind !== "add-device" || details.step !== "show";
}
