import { parseAccountName } from "@kith/protocol/names";
import { Button } from "@kith/ui/button";
import { printerIcon } from "@kith/ui/icons";
import { Notice } from "@kith/ui/notice";
import { TextInput } from "@kith/ui/text-input";
import { useState } from "preact/hooks";

import { Card } from "../card.tsx";
import { ConsentButton } from "../consent-button.tsx";
import { deviceName } from "../device-name.ts";
import { recoveryTexts as texts } from "../texts.ts";
import type { KindProps } from "./kind-props.ts";

export function RecoveryCodePrompt({ details, onAnswer, asked }: KindProps<"recovery-code">) {
  const { account, code } = details;
  return (
    <Card
      asked={asked}
      title={texts.title(account)}
      actions={
        <ConsentButton onClick={() => onAnswer({ answer: "kept" })}>{texts.kept}</ConsentButton>
      }
    >
      <p>{texts.about}</p>
      <p class="rounded-card bg-sunken p-3 text-center">
        <code class="text-large font-semibold tracking-wide">{code}</code>
      </p>
      <Notice kind="warning">{texts.warning(account)}</Notice>
      <Button icon={printerIcon} onClick={() => print()}>
        {texts.print}
      </Button>
    </Card>
  );
}

export function EnterRecoveryCodePrompt(props: KindProps<"enter-recovery-code">) {
  const { details, onAnswer, asked } = props;
  const [account, setAccount] = useState("");
  const [code, setCode] = useState("");
  const name = parseAccountName(account.trim().toLowerCase());
  const device = deviceName(navigator.userAgent);
  const isWhole = name.ok && code.trim() !== "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole) onAnswer({ account: name.value, code: code.trim(), device });
      }}
    >
      <Card
        asked={asked}
        title={texts.enterTitle}
        actions={<ConsentButton type="submit">{texts.enter}</ConsentButton>}
      >
        <TextInput code label={texts.account} value={account} maxLength={10} onInput={setAccount} />
        <TextInput
          code
          label={texts.code}
          hint={texts.codeHint}
          error={details.problem === undefined ? undefined : texts.problems[details.problem]}
          value={code}
          maxLength={100}
          onInput={setCode}
        />
      </Card>
    </form>
  );
}
