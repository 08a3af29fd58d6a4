import { Card } from "@kith/ui/card";
import { List } from "@kith/ui/list";
import { listState } from "@kith/ui/remote";

import { useAnswer } from "./data/hooks.ts";
import type { PluginShown } from "./data/source.ts";
import { listTexts } from "./list-texts.ts";
import { reasonOf, texts } from "./texts.ts";

/** What apps offer to others in this browser, and what they use themselves: as they declare it, and are held to it. */
export function PluginsCard() {
  const { remote, retry } = useAnswer(({ plugins }) => plugins(), "plugins");
  return (
    <Card class="grid gap-2">
      <h2 class="text-large font-semibold">{texts.plugins}</h2>
      <p class="text-quiet">{texts.pluginsLead}</p>
      <List
        state={listState(remote, (plugins) => plugins, reasonOf)}
        keyOf={({ account }) => account}
        texts={listTexts(texts.plugins, texts.pluginsLoading)}
        empty={texts.pluginsEmpty}
        onRetry={retry}
        class="[&_ul]:divide-y [&_ul]:divide-line"
      >
        {(plugin) => <Plugin plugin={plugin} />}
      </List>
    </Card>
  );
}

function Plugin({ plugin }: { readonly plugin: PluginShown }) {
  const { account, doc, uses, functions } = plugin;
  return (
    <details>
      <summary class="min-h-11 py-3">
        <span class="font-semibold">{account}</span>
        {doc !== undefined && <span class="ml-2 text-small text-quiet">{doc}</span>}
      </summary>
      <div class="grid gap-3 pb-3 pl-4">
        <p class="text-small text-quiet">
          {uses.length === 0 ? texts.pluginUsesNone : texts.pluginUses(uses.join(", "))}
        </p>
        <dl class="grid gap-3">
          {functions.map(({ name, takes, gives, trust, doc: words }) => (
            <div key={name}>
              <dt class="font-mono text-small break-words">
                {name}({takes}){gives === undefined ? "" : ` → ${gives}`}
              </dt>
              {words !== undefined && <dd>{words}</dd>}
              <dd class="text-small text-quiet">{texts.trust[trust]}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}
