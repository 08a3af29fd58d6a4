/** The supervisor's questions as its frame asks them, without plugins that want to know: the page around it says what. */
import { Failure } from "../core/failure.ts";
import { Passkeys } from "../core/passkeys.ts";
import { PromptThrottle } from "../core/prompt-throttle.ts";
import { Prompts } from "../core/prompts.ts";
import type { GalleryAsk, GalleryNews } from "./gallery-messages.ts";

const app = "festival";
const root = location.host.replace(/^supervisor\./, "");
const tell = (news: GalleryNews): void => parent.postMessage(news, "*");
const prompts = new Prompts({
  root,
  throttle: new PromptThrottle(localStorage, () => Date.now()),
  show: (isShown) => tell({ kind: "show", isShown }),
});
const passkeys = new Passkeys(root, prompts);

addEventListener("message", ({ data, source }: MessageEvent<GalleryAsk>) => {
  if (source !== parent) return;
  const running = run(data);
  void (data.settles ? prompts.during(running) : running).then(
    (value) => tell({ kind: "answer", id: data.id, value }),
    (thrown: unknown) => {
      const code = thrown instanceof Failure ? thrown.code : String(thrown);
      tell({ kind: "failed", id: data.id, code });
    },
  );
});
tell({ kind: "ready" });

function run({ asked }: GalleryAsk): Promise<unknown> {
  switch (asked.kind) {
    case "prompt":
      return prompts.ask(asked.prompt, asked.details, app);
    case "create":
      return passkeys.create(asked.account, app);
    case "prove":
      return passkeys.prove(asked.claim, asked.message, app);
    case "choose":
      return passkeys.choose(app);
  }
}
