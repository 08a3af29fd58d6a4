import { Avatar } from "@kith/ui/avatar";
import { Menu } from "@kith/ui/menu";
import { StatusLine, type StatusKind } from "@kith/ui/status-line";

import { useNetwork, useSession, useUnsent } from "./data/hooks.ts";
import type { NetworkState } from "./data/source.ts";
import { pageIcons, pageTitle } from "./page-titles.ts";
import { isPlainClick, pageNames, type PageName, type Route } from "./route.ts";
import { texts } from "./texts.ts";

type HeaderProps = { readonly page: Route["page"]; readonly go: (page: PageName) => void };

/** Where one is, how the network is, and on a phone the way to the other pages. */
export function Header({ go }: HeaderProps) {
  const network = useNetwork();
  const unsent = useUnsent();
  const session = useSession();
  const follow = (event: MouseEvent): void => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    go("apps");
  };
  return (
    <header class="flex min-h-14 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line py-2">
      <a href="/" onClick={follow} class="flex items-center gap-3 text-large font-semibold">
        <img src="/icon.svg" alt="" width="28" height="28" />
        {network.host.replace(/:\d+$/, "") || "Kith"}
      </a>
      <div class="flex items-center gap-3">
        {unsent.length > 0 ? (
          <StatusLine kind="warning">{texts.waitingCount(unsent.length)}</StatusLine>
        ) : (
          <StatusLine kind={kinds[network.status]}>{texts.network[network.status]}</StatusLine>
        )}
        {session.status === "in" && (
          <span class="hidden wide:block">
            <Avatar name={session.account} size={28} />
          </span>
        )}
        <span class="wide:hidden">
          <Menu
            label={texts.pages}
            items={pageNames.map((name) => ({
              label: pageTitle(name),
              icon: pageIcons[name],
              onSelect: () => go(name),
            }))}
          />
        </span>
      </div>
    </header>
  );
}

const kinds: Readonly<Record<NetworkState["status"], StatusKind>> = {
  looking: "busy",
  fine: "fine",
  away: "danger",
  offline: "warning",
};
