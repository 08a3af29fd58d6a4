import { Card } from "../card.tsx";
import { ConsentButton } from "../consent-button.tsx";
import { confirmTexts as texts } from "../texts.ts";
import type { KindProps } from "./kind-props.ts";

export function ConfirmPrompt({ details, onAnswer, asked }: KindProps<"confirm">) {
  const { act, user, sentence } = details;
  const isRemoval = act === "remove-device" || act === "forget-account";
  return (
    <Card
      asked={asked}
      title={texts.titles[act]}
      actions={
        <ConsentButton
          kind={isRemoval ? "danger" : "primary"}
          onClick={() => onAnswer({ answer: "yes" })}
        >
          {texts.verbs[act]}
        </ConsentButton>
      }
    >
      <p class="wrap-anywhere">{sentence}</p>
      {user !== undefined && <p class="text-small text-quiet">{texts.user(user)}</p>}
    </Card>
  );
}
