import { Icon } from "@kith/ui/icon";
import { appIcon } from "@kith/ui/icons";
import { List } from "@kith/ui/list";
import { listState } from "@kith/ui/remote";
import { useState } from "preact/hooks";

import { useAnswer, useSession } from "./data/hooks.ts";
import type { AppShown } from "./data/source.ts";
import { listTexts } from "./list-texts.ts";
import { PageHead } from "./page-head.tsx";
import { reasonOf, texts } from "./texts.ts";
import { Welcome } from "./welcome.tsx";

export function AppsPage() {
  const session = useSession();
  const { remote, retry } = useAnswer(({ apps }) => apps(), "apps");
  return (
    <>
      {session.status === "out" && <Welcome />}
      <PageHead title={texts.apps} lead={texts.appsLead} />
      <List
        state={listState(remote, (apps) => apps, reasonOf)}
        keyOf={({ account }) => account}
        texts={listTexts(texts.apps, texts.appsLoading)}
        empty={texts.appsEmpty}
        onRetry={retry}
        class="[&_ul]:grid [&_ul]:gap-2 [&_ul]:sm:grid-cols-2"
      >
        {(app) => <AppLink app={app} />}
      </List>
    </>
  );
}

function AppLink({ app }: { readonly app: AppShown }) {
  const { account, description, url, iconUrl } = app;
  return (
    <a
      href={url}
      class="flex h-full min-h-18 items-center gap-3 rounded-card border border-line bg-raised p-3 hover:bg-sunken"
    >
      <AppIcon url={iconUrl} />
      <span class="grid min-w-0 grid-cols-1">
        <span class="truncate font-semibold">{account}</span>
        <span class="line-clamp-2 text-small text-quiet">{description}</span>
      </span>
    </a>
  );
}

/** The app's own, unless it has none that can be shown. */
function AppIcon({ url }: { readonly url: string | undefined }) {
  const [isBroken, setBroken] = useState(false);
  if (url === undefined || isBroken) return <Icon node={appIcon} size={36} />;
  return (
    <img src={url} alt="" width="36" height="36" class="shrink-0" onError={() => setBroken(true)} />
  );
}
