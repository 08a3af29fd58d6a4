import { useState } from "preact/hooks";

import { Button } from "../button.tsx";
import { Checkbox } from "../checkbox.tsx";
import { addIcon, closeIcon, sendIcon } from "../icons.ts";
import { Link } from "../link.tsx";
import { Select } from "../select.tsx";
import { Switch } from "../switch.tsx";
import { TextArea } from "../text-area.tsx";
import { TextInput } from "../text-input.tsx";
import { Section } from "./section.tsx";

export function Controls() {
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [sent, setSent] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const [color, setColor] = useState<"light" | "dark">("light");
  const [isOn, setOn] = useState(false);
  return (
    <Section title="Controls">
      <div class="flex flex-wrap gap-2">
        <Button kind="primary" icon={addIcon}>
          Invite
        </Button>
        <Button busy={isBusy} onClick={() => setBusy(true)}>
          Publish
        </Button>
        <Button kind="quiet">Later</Button>
        <Button kind="danger">Remove</Button>
        <Button disabled>Not yet</Button>
        <Button size="small">Small</Button>
        <Button kind="quiet" size="small" icon={closeIcon} label="Close" />
      </div>
      <p>
        <Link href="#people">A link to people</Link>
      </p>
      <TextInput
        label="Name"
        code
        hint="1 to 10 letters"
        error={name === "admin" ? "This name is taken." : undefined}
        value={name}
        onInput={setName}
      />
      <TextArea label="Text" value={text} onInput={setText} onSend={() => setSent(sent + 1)} />
      <p>Sent {sent} times</p>
      <Button kind="primary" icon={sendIcon} onClick={() => setSent(sent + 1)}>
        Send
      </Button>
      <Select
        label="Colours"
        value={color}
        onSelect={setColor}
        options={[
          { value: "light", label: "Light" },
          { value: "dark", label: "Dark" },
        ]}
      />
      <Checkbox
        label="Remember this choice"
        hint="On this device"
        checked={isOn}
        onChange={setOn}
      />
      <Switch label="Messages" hint="When somebody answers" checked={isOn} onChange={setOn} />
    </Section>
  );
}
