import type { PromptAnswers, PromptDetails } from "@kith/sdk/plugins/prompt-kinds";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { Card } from "../card.tsx";
import { ConsentButton } from "../consent-button.tsx";
import { Fold } from "../fold.tsx";
import { commonTexts, permissionTexts as texts } from "../texts.ts";
import type { KindProps } from "./kind-props.ts";

type Consent = Exclude<PromptAnswers["permission"]["answer"], "never">;
const consents = ["once", "session", "always"] as const satisfies readonly Consent[];

export function PermissionPrompt({ details, onAnswer, asked }: KindProps<"permission">) {
  const [consent, setConsent] = useState<Consent>("once");
  const { callee, called, doc, level, app } = details;
  return (
    <Card
      asked={asked}
      title={sentenceOf(details)}
      actions={
        <ConsentButton onClick={() => onAnswer({ answer: consent })}>{texts.allow}</ConsentButton>
      }
    >
      <p>{texts[level](callee)}</p>
      <fieldset class="grid gap-1">
        <legend class="mb-1 font-semibold">{texts.remember}</legend>
        {consents.map((each) => (
          <label key={each} class="flex min-h-9 items-center gap-3">
            <input
              type="radio"
              name="consent"
              class="size-5 shrink-0 accent-accent"
              checked={consent === each}
              onChange={() => setConsent(each)}
            />
            {texts[each]}
          </label>
        ))}
      </fieldset>
      <Fold title={commonTexts.details}>
        <dl class="grid gap-3 text-small">
          <Fact name={texts.wanted}>
            <code>{called}</code>
          </Fact>
          {doc !== undefined && doc !== "" && <Fact name={texts.described(callee)}>{doc}</Fact>}
          <Fact name={texts.page}>{app}</Fact>
        </dl>
        <ConsentButton
          kind="secondary"
          size="small"
          class="justify-self-start"
          onClick={() => onAnswer({ answer: "never" })}
        >
          {texts.never}
        </ConsentButton>
      </Fold>
    </Card>
  );
}

type FactProps = { readonly name: string; readonly children: ComponentChildren };

function Fact({ name, children }: FactProps) {
  return (
    <div>
      <dt class="text-quiet">{name}</dt>
      <dd class="wrap-anywhere">{children}</dd>
    </div>
  );
}

function sentenceOf({ caller, callee, app, user }: PromptDetails["permission"]): string {
  if (caller === app) {
    return user === undefined
      ? texts.ofAppUnknown(caller, callee)
      : texts.ofApp(caller, callee, user);
  }
  return user === undefined
    ? texts.ofPluginUnknown(caller, callee, app)
    : texts.ofPlugin(caller, callee, app, user);
}
