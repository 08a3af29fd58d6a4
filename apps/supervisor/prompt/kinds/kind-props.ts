import type { AccountName } from "@kith/protocol/ids";
import type { PromptAnswers, PromptDetails, PromptKind } from "@kith/sdk/plugins/prompt-kinds";

/** What every question is drawn from. */
export type KindProps<Kind extends PromptKind> = {
  readonly details: PromptDetails[Kind];
  readonly onAnswer: (answer: PromptAnswers[Kind]) => void;
  readonly asked: string;
  /** On whose page it is. */
  readonly app: AccountName;
};
