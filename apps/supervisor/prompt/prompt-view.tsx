import type { AccountName } from "@kith/protocol/ids";

import { AddDevicePrompt } from "./kinds/add-device.tsx";
import { ConfirmPrompt } from "./kinds/confirm.tsx";
import { ConnectPrompt } from "./kinds/connect.tsx";
import { PermissionPrompt } from "./kinds/permission.tsx";
import { EnterRecoveryCodePrompt, RecoveryCodePrompt } from "./kinds/recovery-code.tsx";
import { SignInPrompt } from "./kinds/sign-in.tsx";
import type { Question } from "./question.ts";

type PromptViewProps = {
  readonly question: Question;
  readonly asked: string;
  readonly app: AccountName;
  /** Gets the answer as JSON. */
  readonly onAnswer: (json: string) => void;
};

/** The question as it is drawn; one that comes again keeps what was typed. */
export function PromptView({ question, asked, app, onAnswer }: PromptViewProps) {
  const props = { asked, app, onAnswer: (answer: object) => onAnswer(JSON.stringify(answer)) };
  switch (question.kind) {
    case "permission":
      return <PermissionPrompt details={question.details} {...props} />;
    case "sign-in":
      return <SignInPrompt details={question.details} {...props} />;
    case "connect":
      return <ConnectPrompt details={question.details} {...props} />;
    case "add-device":
      return <AddDevicePrompt details={question.details} {...props} />;
    case "recovery-code":
      return <RecoveryCodePrompt details={question.details} {...props} />;
    case "enter-recovery-code":
      return <EnterRecoveryCodePrompt details={question.details} {...props} />;
    case "confirm":
      return <ConfirmPrompt details={question.details} {...props} />;
  }
}
