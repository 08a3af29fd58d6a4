import { Button } from "@kith/ui/button";
import { ErrorBoundary } from "@kith/ui/error-boundary";
import { Notice } from "@kith/ui/notice";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

import { AccountPage } from "./account-page.tsx";
import { AppsPage } from "./apps-page.tsx";
import { HomeProvider, useHomeOf } from "./data/hooks.ts";
import type { HomeSource } from "./data/source.ts";
import { DevicesPage } from "./devices-page.tsx";
import { FriendsPage } from "./friends-page.tsx";
import { Header } from "./header.tsx";
import { InvitationPage } from "./invitation-page.tsx";
import { InvitesPage } from "./invites-page.tsx";
import { Navigation } from "./navigation.tsx";
import { PermissionsPage } from "./permissions-page.tsx";
import { PublishPage } from "./publish-page.tsx";
import { useRoute, type Route } from "./route.ts";
import { texts } from "./texts.ts";
import { WaitingPage } from "./waiting-page.tsx";

export function App({ source }: { readonly source: HomeSource }) {
  const home = useHomeOf(source);
  const [route, go] = useRoute();
  useEffect(() => scrollTo(0, 0), [route.page]);
  return (
    <HomeProvider value={home}>
      <div class="mx-auto max-w-260 px-4 pb-16">
        <Header page={route.page} go={go} />
        <div class="wide:grid wide:grid-cols-[232px_minmax(0,1fr)] wide:gap-8">
          <Navigation page={route.page} go={go} />
          <main class="grid max-w-page grid-cols-1 content-start gap-6 pt-6">
            <ErrorBoundary key={route.page} fallback={instead}>
              <Shown route={route} />
            </ErrorBoundary>
          </main>
        </div>
      </div>
    </HomeProvider>
  );
}

function Shown({ route }: { readonly route: Route }): ComponentChildren {
  switch (route.page) {
    case "apps":
      return <AppsPage />;
    case "account":
      return <AccountPage />;
    case "devices":
      return <DevicesPage />;
    case "friends":
      return <FriendsPage />;
    case "invites":
      return <InvitesPage />;
    case "permissions":
      return <PermissionsPage />;
    case "waiting":
      return <WaitingPage />;
    case "publish":
      return <PublishPage />;
    case "invitation":
      return <InvitationPage fragment={route.fragment} />;
  }
}

function instead(_: unknown, retry: () => void) {
  return (
    <Notice
      kind="danger"
      action={
        <Button size="small" onClick={retry}>
          {texts.retry}
        </Button>
      }
    >
      {texts.broken}
    </Notice>
  );
}
