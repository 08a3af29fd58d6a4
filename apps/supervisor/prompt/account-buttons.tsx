import type { AccountName } from "@kith/protocol/ids";
import { Avatar } from "@kith/ui/avatar";

import { ConsentButton } from "./consent-button.tsx";
import { signInTexts } from "./texts.ts";

type AccountButtonsProps = {
  readonly accounts: readonly AccountName[];
  readonly onChoose: (account: AccountName) => void;
};

/** One for each account that this browser can act for, the usual one first. */
export function AccountButtons({ accounts, onChoose }: AccountButtonsProps) {
  return (
    <ul class="grid gap-2">
      {accounts.map((account, place) => (
        <li key={account}>
          <ConsentButton
            kind={place === 0 ? "primary" : "secondary"}
            class="w-full justify-start!"
            onClick={() => onChoose(account)}
          >
            <Avatar name={account} size={24} />
            {signInTexts.continueAs(account)}
          </ConsentButton>
        </li>
      ))}
    </ul>
  );
}
