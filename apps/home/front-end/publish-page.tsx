import { RelativeTime } from "@kith/ui/relative-time";
import { TextInput } from "@kith/ui/text-input";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { CopyLine } from "./copy-line.tsx";
import { useNetwork } from "./data/hooks.ts";
import { PageHead } from "./page-head.tsx";
import { texts } from "./texts.ts";
import { isName } from "./use-name-standing.ts";

const usualHost = "kith.localhost:8080";

/** For who makes apps: how they get onto this network, and what it is. */
export function PublishPage() {
  const network = useNetwork();
  const [name, setName] = useState("my-app");
  const { host } = network;
  const shown = isName(name) ? name : "my-app";
  const node = host === usualHost || host === "" ? "" : ` --node ${location.protocol}//${host}`;
  const address = `${location.protocol}//${shown}.${host}/`;
  const commands = [
    [texts.publishSteps.key, "bun run kith key new"],
    [texts.publishSteps.account, `bun run kith account create ${shown}${node}`],
    [texts.publishSteps.publish, `bun run kith publish dist --app ${shown}${node}`],
  ] as const;
  return (
    <>
      <PageHead title={texts.publish} />
      <p>
        {texts.publishLead}{" "}
        <a href={address} class="wrap-anywhere text-accent underline">
          {address}
        </a>
      </p>
      <TextInput
        code
        label={texts.name}
        hint={texts.publishRule}
        error={isName(name) ? undefined : texts.nameStanding.malformed}
        value={name}
        onInput={setName}
        maxLength={10}
        class="max-w-80"
      />
      <p>{texts.publishRun}</p>
      <ol class="grid list-none gap-4">
        {commands.map(([words, command], at) => (
          <li
            key={words}
            class="grid grid-cols-1 gap-2 rounded-card border border-line bg-raised p-4"
          >
            <p>
              <span class="font-semibold">{at + 1}. </span>
              {words}
            </p>
            <CopyLine text={command} />
          </li>
        ))}
      </ol>
      <p class="text-small text-quiet">{texts.publishAgain}</p>
      <Details />
    </>
  );
}

function Details() {
  const { chain, height, stateRoot, decidedAt } = useNetwork();
  return (
    <details>
      <summary class="min-h-11 py-2 text-large font-semibold">{texts.details}</summary>
      <dl class="divide-y divide-line border-y border-line">
        <Fact name={texts.facts.chain}>
          <code class="font-mono text-small">{chain ?? "…"}</code>
        </Fact>
        <Fact name={texts.facts.decided}>
          {decidedAt === undefined ? "…" : <RelativeTime time={decidedAt} />}
        </Fact>
        <Fact name={texts.facts.height}>{height?.toLocaleString() ?? "…"}</Fact>
        <Fact name={texts.facts.root}>
          <code class="font-mono text-small">{stateRoot ?? "…"}</code>
        </Fact>
      </dl>
    </details>
  );
}

type FactProps = { readonly name: string; readonly children: ComponentChildren };

function Fact({ name, children }: FactProps) {
  return (
    <div class="grid gap-x-4 py-2 sm:grid-cols-[160px_minmax(0,1fr)]">
      <dt class="text-small text-quiet">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
