import { Avatar } from "@kith/ui/avatar";
import { Button } from "@kith/ui/button";
import { classNames } from "@kith/ui/class-names";
import { ErrorBoundary } from "@kith/ui/error-boundary";
import { Notice } from "@kith/ui/notice";
import { VisuallyHidden } from "@kith/ui/visually-hidden";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

import { useBoard, useViewer } from "./data/hooks.ts";
import type { Viewer } from "./data/source.ts";
import { NewThread } from "./new-thread.tsx";
import { useRoute } from "./route.ts";
import { texts } from "./texts.ts";
import { ThreadList } from "./thread-list.tsx";
import { ThreadPane } from "./thread-pane.tsx";

/** One column on a phone: the list, or a thread. Two panes from 900 pixels. */
export function App() {
  const [route, go] = useRoute();
  const [isStarting, setStarting] = useState(false);
  const viewer = useViewer();
  const account = viewer.status === "in" ? viewer.account : undefined;
  const opened = route.page === "thread" ? route.id : undefined;
  useEffect(() => {
    if (opened === undefined) document.title = texts.title;
  }, [opened]);
  return (
    <div class="mx-auto flex min-h-dvh max-w-300 flex-col wide:h-dvh">
      <Header viewer={viewer} />
      <main class="min-h-0 flex-1 wide:grid wide:grid-cols-[360px_minmax(0,1fr)]">
        <section
          aria-label={texts.threads}
          class={classNames(
            "px-4 pb-8 wide:overflow-y-auto wide:border-e wide:border-line",
            opened !== undefined && "hidden wide:block",
          )}
        >
          <Part>
            <ThreadList
              opened={opened}
              viewer={viewer}
              onOpen={(id) => go({ page: "thread", id })}
              onStart={() => setStarting(true)}
            />
          </Part>
        </section>
        {opened === undefined ? (
          <p class="m-auto hidden text-quiet wide:block">{texts.chooseThread}</p>
        ) : (
          <Part key={opened}>
            <ThreadPane id={opened} viewer={viewer} onBack={() => go({ page: "threads" })} />
          </Part>
        )}
      </main>
      <NewThread
        key={account}
        account={account}
        open={isStarting}
        onClose={() => setStarting(false)}
        onStarted={(id) => go({ page: "thread", id })}
      />
    </div>
  );
}

function Header({ viewer }: { readonly viewer: Viewer }) {
  const { source } = useBoard();
  return (
    <header class="flex min-h-14 items-center justify-between gap-4 border-b border-line px-4 py-2">
      <a href="/" class="text-large font-semibold">
        {texts.title}
      </a>
      {viewer.status === "out" && (
        <Button kind="primary" size="small" onClick={source.signIn}>
          {texts.signIn}
        </Button>
      )}
      {viewer.status === "in" && (
        <button
          type="button"
          title={texts.account(viewer.account)}
          onClick={source.signIn}
          class="flex items-center gap-2 rounded-control px-2 py-1 hover:bg-sunken"
        >
          <Avatar name={viewer.account} size={28} />
          <span aria-hidden="true">{viewer.account}</span>
          <VisuallyHidden>{texts.account(viewer.account)}</VisuallyHidden>
        </button>
      )}
    </header>
  );
}

function Part({ children }: { readonly children: ComponentChildren }) {
  return <ErrorBoundary fallback={instead}>{children}</ErrorBoundary>;
}

function instead(_: unknown, retry: () => void) {
  return (
    <Notice
      kind="danger"
      class="m-4"
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
