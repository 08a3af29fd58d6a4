/** A question in a window of its own, for browsers in which a frame cannot know whether it is seen. */
import { showNothing } from "../prompt/nothing-asked.tsx";
import { PromptSurface, type Asking } from "../prompt/prompt-surface.tsx";
import type { Question } from "../prompt/question.ts";
import { serveWindow } from "../windows/serve-window.ts";

type Task = { readonly question: Question; readonly asking: Asking };

const surface = new PromptSurface("window");
const isServed = await serveWindow((task) => {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the frame has checked it, and is of this origin
  const { question, asking } = task as Task;
  return surface.ask(question, asking, new AbortController().signal);
});
if (!isServed) showNothing(surface);
