import type { PromptDetails } from "@kith/sdk/plugins/prompt-kinds";
import { Button } from "@kith/ui/button";
import { checkIcon, copyIcon } from "@kith/ui/icons";
import { StatusLine } from "@kith/ui/status-line";
import { TextInput } from "@kith/ui/text-input";
import { useEffect, useRef, useState } from "preact/hooks";

import { Card } from "../card.tsx";
import { ConsentButton } from "../consent-button.tsx";
import { useScene } from "../context.ts";
import { LazyQrCode } from "../lazy-qr-code.tsx";
import { deviceTexts as texts } from "../texts.ts";
import type { KindProps } from "./kind-props.ts";

type Details<Step extends string> = Extract<PromptDetails["add-device"], { readonly step: Step }>;
type StepProps<Step extends string> = Omit<KindProps<"add-device">, "details"> & {
  readonly details: Details<Step>;
};

export function AddDevicePrompt({ details, ...props }: KindProps<"add-device">) {
  return details.step === "show" ? (
    <ShowLink details={details} {...props} />
  ) : (
    <ConfirmDevice details={details} {...props} />
  );
}

/** Looking costs a call of the plugin: often at first, when somebody stands there with both devices, and then less so. */
const lookMsMin = 3000;
const lookMsMax = 15_000;
const lookGrowth = 1.2;

function ShowLink({ details, onAnswer, asked }: StepProps<"show">) {
  const { account, link, code, helpers, isStillWaiting } = details;
  const { isBusy } = useScene();
  const [isCopied, setCopied] = useState(false);
  const waitMs = useRef(lookMsMin);
  const url = `${location.protocol}${link}`;
  const look = (): void => onAnswer({ answer: "look" });
  useEffect(() => {
    if (isBusy) return undefined;
    const timer = setTimeout(look, waitMs.current);
    waitMs.current = Math.min(lookGrowth * waitMs.current, lookMsMax);
    return () => clearTimeout(timer);
  }, [isBusy, details]);
  const copy = (): void =>
    void navigator.clipboard.writeText(url).then(
      () => setCopied(true),
      () => undefined,
    );
  return (
    <Card
      asked={asked}
      title={texts.showTitle(account)}
      actions={
        <Button kind="primary" busy={isBusy} onClick={look}>
          {texts.look}
        </Button>
      }
    >
      <p>{helpers === "friends" ? texts.showFriends(account) : texts.showOwn(account)}</p>
      <p class="rounded-card bg-sunken p-3 text-center">
        <span class="text-small text-quiet">{texts.code} </span>
        <code class="text-title font-semibold">{code}</code>
      </p>
      <LazyQrCode text={url} label={texts.qr} />
      <p>
        <code class="text-small text-quiet">{url}</code>
      </p>
      <Button icon={isCopied ? checkIcon : copyIcon} onClick={copy}>
        {isCopied ? texts.copied : texts.copy}
      </Button>
      <StatusLine kind="busy">{isStillWaiting ? texts.still : texts.waiting}</StatusLine>
    </Card>
  );
}

function ConfirmDevice({ details, onAnswer, asked }: StepProps<"confirm">) {
  const { account, helpers, isWrong } = details;
  const [code, setCode] = useState("");
  const [label, setLabel] = useState(details.label);
  const isOwn = helpers === "devices";
  const isWhole = code.trim() !== "" && label.trim() !== "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole) onAnswer({ answer: "code", code: code.trim(), label: label.trim() });
      }}
    >
      <Card
        asked={asked}
        title={isOwn ? texts.confirmOwn(account) : texts.confirmFriends(account)}
        actions={<ConsentButton type="submit">{isOwn ? texts.letIn : texts.help}</ConsentButton>}
      >
        <p>{isOwn ? texts.ownAbout : texts.friendsAbout(account)}</p>
        <TextInput
          code
          label={texts.typed}
          error={isWrong ? texts.wrong : undefined}
          value={code}
          maxLength={40}
          onInput={setCode}
        />
        <TextInput label={texts.label} value={label} maxLength={40} onInput={setLabel} />
      </Card>
    </form>
  );
}
