import { Avatar } from "../avatar.tsx";
import { Icon } from "../icon.tsx";
import * as icons from "../icons.ts";
import { QrCode } from "../qr-code.tsx";
import { RelativeTime } from "../relative-time.tsx";
import { Section } from "./section.tsx";

const names = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];
const hourMs = 3_600_000;

export function People() {
  return (
    <Section title="People and things">
      <ul id="people" class="flex flex-wrap gap-4">
        {names.map((name) => (
          <li key={name} class="flex items-center gap-2">
            <Avatar name={name} />
            {name}
          </li>
        ))}
      </ul>
      <p>
        <RelativeTime time={Date.now() - 3 * hourMs} />
      </p>
      <ul class="flex flex-wrap gap-3">
        {Object.entries(icons).map(([name, node]) => (
          <li key={name} title={name}>
            <Icon node={node} size={24} />
          </li>
        ))}
      </ul>
      <QrCode label="Opens the invitation" text="http://home.kith.localhost:8080/invite#abc" />
    </Section>
  );
}
