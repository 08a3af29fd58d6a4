import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import type { PromptDetails } from "@kith/sdk/plugins/prompt-kinds";
import { Button } from "@kith/ui/button";
import { Checkbox } from "@kith/ui/checkbox";
import { deviceIcon, friendsIcon, keyIcon, passkeyIcon } from "@kith/ui/icons";
import { Notice } from "@kith/ui/notice";
import { TextInput } from "@kith/ui/text-input";
import { useState } from "preact/hooks";

import { AccountButtons } from "../account-buttons.tsx";
import { Card } from "../card.tsx";
import { ConsentButton } from "../consent-button.tsx";
import { deviceName } from "../device-name.ts";
import { Fold } from "../fold.tsx";
import { signInTexts as texts } from "../texts.ts";
import type { KindProps } from "./kind-props.ts";

type Props = KindProps<"sign-in">;
type Problem = PromptDetails["sign-in"]["problem"];

export function SignInPrompt({ details, onAnswer, asked, app }: Props) {
  const { accounts, names, invite, problem } = details;
  const isKnown = accounts.length > 0;
  const title = invite === undefined ? texts.title(app) : texts.invited(invite.inviter, invite.app);
  return (
    <Card asked={asked} title={title}>
      {invite !== undefined && invite.memo !== "" && (
        <blockquote class="border-s-2 border-line ps-3 wrap-anywhere">{invite.memo}</blockquote>
      )}
      {problem !== undefined && !isOfName(problem) && (
        <Notice kind="danger">{texts.problems[problem.reason](problem.name)}</Notice>
      )}
      {isKnown && (
        <AccountButtons
          accounts={accounts}
          onChoose={(account) => onAnswer({ answer: "account", account })}
        />
      )}
      {names === undefined && !isKnown && <p>{texts.closed}</p>}
      {names !== undefined && isKnown && (
        <Fold title={texts.fresh} open={isOfName(problem)}>
          <NewAccount names={names} problem={problem} onAnswer={onAnswer} />
        </Fold>
      )}
      {names !== undefined && !isKnown && (
        <NewAccount names={names} problem={problem} onAnswer={onAnswer} />
      )}
      <Fold title={texts.others} open={problem !== undefined && !isOfName(problem)}>
        <OtherWays waiting={details.waiting} onAnswer={onAnswer} />
      </Fold>
    </Card>
  );
}

/** Whether it is about the name that somebody has chosen for a new account. */
function isOfName(problem: Problem): boolean {
  return problem !== undefined && problem.reason !== "no-passkey" && problem.reason !== "unknown";
}

type NewAccountProps = Pick<Props, "onAnswer"> & {
  readonly names: NonNullable<PromptDetails["sign-in"]["names"]>;
  readonly problem: Problem;
};

function NewAccount({ names, problem, onAnswer }: NewAccountProps) {
  const [text, setText] = useState("");
  const [everywhere, setEverywhere] = useState(true);
  const [isTried, setTried] = useState(false);
  const wanted = text.trim().toLowerCase();
  const name = parseAccountName(wanted);
  const { charsMin, charsMax } = names;
  const isFree = name.ok && wanted.length >= charsMin;
  const refused =
    problem !== undefined && isOfName(problem) && (wanted === "" || wanted === problem.name)
      ? texts.problems[problem.reason](problem.name)
      : undefined;
  const wrong = name.ok ? texts.nameShort(charsMin) : texts.nameWrong;
  return (
    <form
      class="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!isFree) return;
        const device = deviceName(navigator.userAgent);
        onAnswer({ answer: "new", name: name.value, device, everywhere });
      }}
    >
      <TextInput
        code
        label={texts.name}
        hint={texts.nameHint(charsMin, charsMax)}
        error={refused ?? (isTried && !isFree ? wrong : undefined)}
        value={text}
        maxLength={charsMax}
        onInput={setText}
      />
      <Checkbox label={texts.everywhere} checked={everywhere} onChange={setEverywhere} />
      <ConsentButton type="submit">{texts.begin}</ConsentButton>
    </form>
  );
}

type OtherWaysProps = Pick<Props, "onAnswer"> & { readonly waiting: readonly AccountName[] };
type Helpers = "devices" | "friends";

function OtherWays({ waiting, onAnswer }: OtherWaysProps) {
  const [helpers, setHelpers] = useState<Helpers | undefined>(undefined);
  const device = deviceName(navigator.userAgent);
  if (helpers !== undefined) {
    const ask = (account: AccountName): void =>
      onAnswer({ answer: "link", account, device, helpers });
    return <LinkFor waiting={waiting} onAccount={ask} onBack={() => setHelpers(undefined)} />;
  }
  return (
    <>
      <Way icon={passkeyIcon} onClick={() => onAnswer({ answer: "passkey", device })}>
        {texts.passkey}
      </Way>
      <Way icon={deviceIcon} onClick={() => setHelpers("devices")}>
        {texts.device}
      </Way>
      <Way icon={keyIcon} onClick={() => onAnswer({ answer: "recovery-code" })}>
        {texts.code}
      </Way>
      <Way icon={friendsIcon} onClick={() => setHelpers("friends")}>
        {texts.friends}
      </Way>
    </>
  );
}

function Way(props: Parameters<typeof ConsentButton>[0]) {
  return <ConsentButton kind="secondary" class="justify-start! text-start" {...props} />;
}

type LinkForProps = {
  /** Accounts that have been asked already. */
  readonly waiting: readonly AccountName[];
  readonly onAccount: (account: AccountName) => void;
  readonly onBack: () => void;
};

function LinkFor({ waiting, onAccount, onBack }: LinkForProps) {
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const account = parseAccountName(text.trim().toLowerCase());
  return (
    <form
      class="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (account.ok) onAccount(account.value);
      }}
    >
      {waiting.map((each) => (
        <ConsentButton key={each} kind="secondary" onClick={() => onAccount(each)}>
          {texts.waitingFor(each)}
        </ConsentButton>
      ))}
      <TextInput
        code
        label={texts.account}
        error={isTried && !account.ok ? texts.nameWrong : undefined}
        value={text}
        maxLength={10}
        onInput={setText}
      />
      <div class="flex flex-wrap gap-2">
        <ConsentButton type="submit">{texts.show}</ConsentButton>
        <Button onClick={onBack}>{texts.back}</Button>
      </div>
    </form>
  );
}
