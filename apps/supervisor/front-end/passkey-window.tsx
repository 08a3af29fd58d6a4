/** A passkey is made or used in a window at the top: inside of a foreign page its signature would be worth nothing. */
import { PasskeyCard } from "../passkeys/passkey-card.tsx";
import type { PasskeyTask } from "../passkeys/passkey-task.ts";
import { showNothing } from "../prompt/nothing-asked.tsx";
import { PromptSurface } from "../prompt/prompt-surface.tsx";
import { serveWindow } from "../windows/serve-window.ts";

const surface = new PromptSurface("window");
const isServed = await serveWindow((wanted) => {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the frame is of this origin
  const task = wanted as PasskeyTask;
  return surface.show<unknown>(
    { name: "passkey", isGuarded: false, draw: (end) => <PasskeyCard task={task} onEnd={end} /> },
    new AbortController().signal,
  );
});
if (!isServed) showNothing(surface);
