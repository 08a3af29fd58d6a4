/** A page with the frame in it, as the SDK puts it there; tests call what it leaves in `gallery`. */
import type { GalleryAsk, GalleryNews } from "./gallery-messages.ts";

const hidden = "display:none";
const shown =
  "position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483647;color-scheme:light dark;background:transparent";

const frame = document.createElement("iframe");
frame.title = "Kith";
frame.tabIndex = -1;
frame.style.cssText = hidden;
frame.src = `//supervisor.${location.host.slice(location.host.indexOf(".") + 1)}/gallery-frame.html`;

const waiting = new Map<number, (outcome: unknown) => void>();
const ready = Promise.withResolvers<void>();
let lastId = 0;

addEventListener("message", ({ data, source }: MessageEvent<GalleryNews>) => {
  if (source !== frame.contentWindow) return;
  if (data.kind === "ready") ready.resolve();
  else if (data.kind === "show") {
    frame.style.cssText = data.isShown ? shown : hidden;
    if (data.isShown) frame.focus();
  } else waiting.get(data.id)?.(data.kind === "answer" ? data.value : `failed: ${data.code}`);
});
document.body.append(frame);

/** The answer, or why there is none. */
async function ask(asked: GalleryAsk["asked"], settles = true): Promise<unknown> {
  await ready.promise;
  const id = ++lastId;
  const message: GalleryAsk = { id, settles, asked };
  frame.contentWindow?.postMessage(message, "*");
  return new Promise((resolve) => waiting.set(id, resolve));
}

Object.assign(globalThis, { gallery: { ask, frame } });
