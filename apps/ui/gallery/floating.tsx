import { useState } from "preact/hooks";

import { Button } from "../button.tsx";
import { Dialog } from "../dialog.tsx";
import { copyIcon, editIcon, removeIcon } from "../icons.ts";
import { Menu } from "../menu.tsx";
import { Tabs } from "../tabs.tsx";
import { Toasts, useToasts } from "../toasts.tsx";
import { Section } from "./section.tsx";

export function Floating() {
  const [isOpen, setOpen] = useState(false);
  const [done, setDone] = useState("nothing");
  const [tab, setTab] = useState<"apps" | "devices" | "invites">("apps");
  const toasts = useToasts();
  return (
    <Section title="What floats">
      <div class="flex flex-wrap items-center gap-2">
        <Button onClick={() => setOpen(true)}>Open a dialog</Button>
        <Menu
          label="Actions for the post"
          items={[
            { label: "Copy", icon: copyIcon, onSelect: () => setDone("copy") },
            { label: "Edit", icon: editIcon, onSelect: () => setDone("edit") },
            { label: "Remove", icon: removeIcon, danger: true, onSelect: () => setDone("remove") },
          ]}
        />
        <Button onClick={() => toasts.show("done", "Published.")}>Show a message</Button>
        <Button onClick={() => toasts.show("danger", "The network did not answer.")}>
          Show an error
        </Button>
      </div>
      <p>Chosen: {done}</p>
      <Tabs
        label="Parts"
        selected={tab}
        onSelect={setTab}
        tabs={[
          { id: "apps", label: "Apps" },
          { id: "devices", label: "Devices" },
          { id: "invites", label: "Invites" },
        ]}
      >
        <p>The part about {tab}</p>
      </Tabs>
      <Dialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title="Remove this device?"
        closeLabel="Close"
        actions={
          <>
            <Button autofocus onClick={() => setOpen(false)}>
              Keep it
            </Button>
            <Button kind="danger" onClick={() => setOpen(false)}>
              Remove
            </Button>
          </>
        }
      >
        <p>It can no longer act for you. What it has done stays.</p>
      </Dialog>
      <Toasts toasts={toasts.toasts} dismiss={toasts.dismiss} dismissLabel="Dismiss" />
    </Section>
  );
}
