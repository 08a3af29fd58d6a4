import { useState } from "preact/hooks";

import { Button } from "../button.tsx";
import { Card } from "../card.tsx";
import { ErrorBoundary } from "../error-boundary.tsx";
import type { ListState } from "../list-state.ts";
import { List } from "../list.tsx";
import { Notice } from "../notice.tsx";
import { Skeleton } from "../skeleton.tsx";
import { StatusLine } from "../status-line.tsx";
import { Section } from "./section.tsx";

const items = ["Bread", "Jam"];
const states: readonly (readonly [string, ListState<string>])[] = [
  ["Loading", { status: "loading" }],
  ["Empty", { status: "ready", items: [] }],
  ["Ready", { status: "ready", items }],
  ["Stale", { status: "stale", items }],
  ["Offline", { status: "offline", items }],
  ["Error", { status: "error", items: undefined, message: "The network does not answer." }],
];

export function Lists() {
  const [retries, setRetries] = useState(0);
  const [isBroken, setBroken] = useState(false);
  return (
    <Section title="Lists and states">
      <div class="grid gap-4 wide:grid-cols-2">
        {states.map(([title, state]) => (
          <Card key={title} title={title}>
            <List
              state={state}
              keyOf={(item) => item}
              onRetry={() => setRetries(retries + 1)}
              empty="Nothing here yet."
              texts={{
                label: title,
                loading: "Loading",
                stale: "Catching up",
                offline: "You are offline. This is what was known.",
                retry: "Try again",
              }}
            >
              {(item) => <p>{item}</p>}
            </List>
          </Card>
        ))}
      </div>
      <p>Tried again {retries} times</p>
      <Skeleton label="Loading more" rows={1} />
      <Notice kind="done">Everything is saved.</Notice>
      <Notice kind="warning">This link is over tomorrow.</Notice>
      <StatusLine kind="fine">Up to date</StatusLine>
      <StatusLine kind="busy">Waiting for the network</StatusLine>
      <StatusLine kind="danger">This node does not answer</StatusLine>
      <Button onClick={() => setBroken(true)}>Break something</Button>
      <ErrorBoundary
        fallback={(error, retry) => (
          <Notice
            kind="danger"
            action={
              <Button
                size="small"
                onClick={() => {
                  setBroken(false);
                  retry();
                }}
              >
                Show it again
              </Button>
            }
          >
            {error instanceof Error ? error.message : "unknown"}
          </Notice>
        )}
      >
        <Breakable isBroken={isBroken} />
      </ErrorBoundary>
    </Section>
  );
}

function Breakable({ isBroken }: { readonly isBroken: boolean }) {
  if (isBroken) throw new Error("It broke, and the rest did not.");
  return <p>It works</p>;
}
