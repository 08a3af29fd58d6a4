import assert from "node:assert/strict";

import { until } from "../../until.ts";
import { pressConsent } from "../press.ts";
import type { Visit } from "../visit.ts";
import { permission, PromptPage, promptTests } from "./prompt-gallery.ts";

const { test, served } = promptTests();

/** Long enough for every question to be ready, were it to be seen. */
const patienceMs = 1500;
/** From a press that counts to the app: on a busy machine that takes a while. */
const answeredMsMax = 45_000;

type Attacked = {
  readonly prompts: PromptPage;
  /** What the app gets, as far as it has got something. */
  readonly answers: readonly unknown[];
};

async function attack(visit: Visit): Promise<Attacked> {
  const prompts = await PromptPage.open(visit, served());
  const answers: unknown[] = [];
  void prompts.prompt("permission", permission).then(
    (answer) => answers.push(answer),
    () => undefined,
  );
  await prompts.dialog.waitFor();
  return { prompts, answers };
}

async function centerOf({ prompts }: Attacked): Promise<readonly [number, number]> {
  const box = await prompts.button("Allow").boundingBox();
  assert.ok(box !== null);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Presses where the button is, whatever is above it. */
async function pressThere(attacked: Attacked): Promise<void> {
  const { mouse, keyboard } = attacked.prompts.page;
  const [x, y] = await centerOf(attacked);
  await mouse.move(x - 40, y - 5);
  await mouse.move(x, y, { steps: 5 });
  await sleep(patienceMs);
  await mouse.click(x, y);
  await mouse.click(x, y, { clickCount: 2 });
  await attacked.prompts.frame.evaluate(() =>
    document.querySelector<HTMLElement>("[data-consent]")?.focus(),
  );
  await keyboard.press("Enter");
  await keyboard.press(" ");
  await sleep(200);
}

function untilAnswered(answers: readonly unknown[]): Promise<true> {
  return until("the app gets the answer", answeredMsMax, () => answers.length > 0);
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** What an app may do to a frame that it has in its page, while the frame's button stays where it is. */
const disguises: Readonly<Record<string, string>> = {
  "all but transparent": "opacity:0.01",
  transparent: "opacity:0",
  "a bit transparent": "opacity:0.9",
  blurred: "filter:blur(8px)",
  "made dark": "filter:brightness(0)",
  "blended with what is behind": "mix-blend-mode:multiply",
  "turned upside down": "transform:rotate(180deg)",
  slanted: "transform:skewX(20deg)",
  tiny: "width:300px;height:200px",
  shrunk: "transform:scale(0.5)",
  "without what it asks": "clip-path:inset(440px 0 0 0)",
  "out of the screen at the top": "inset:auto;top:-340px;left:0",
};

for (const [name, style] of Object.entries(disguises)) {
  test(`a question that is ${name} cannot be consented to`, async (visit) => {
    const attacked = await attack(visit);
    await attacked.prompts.place(style);
    await sleep(200);
    await pressThere(attacked);
    assert.deepEqual(attacked.answers, []);
    assert.equal(await attacked.prompts.button("Allow").isEnabled(), false);
  });
}

test("a question that is covered cannot be consented to, not even by what lets clicks through", async (visit) => {
  const attacked = await attack(visit);
  const { prompts, answers } = attacked;
  await prompts.page.evaluate(() => {
    const cover = document.createElement("div");
    cover.textContent = "You have won. Click here.";
    cover.style.cssText =
      "position:fixed;left:40%;top:40%;width:200px;height:40px;background:gold;z-index:2147483647;pointer-events:none";
    document.body.append(cover);
  });
  await pressThere(attacked);
  assert.deepEqual(answers, []);
  await prompts.frame.getByText("Something covers this question.").waitFor();
  await prompts.page.evaluate(() => document.body.lastElementChild?.remove());
  await pressConsent(prompts.button("Allow"));
  await untilAnswered(answers);
  assert.deepEqual(answers, ['{"answer":"once"}']);
});

test("a question in the page's own dialog, or below one, cannot be consented to", async (visit) => {
  const attacked = await attack(visit);
  await attacked.prompts.page.evaluate(() => {
    const dialog = document.createElement("dialog");
    dialog.textContent = "Something else altogether";
    dialog.style.cssText = "position:fixed;inset:300px 0 auto;width:500px;pointer-events:none";
    document.body.append(dialog);
    dialog.show();
    dialog.popover = "manual";
    dialog.close();
    dialog.showPopover();
  });
  await pressThere(attacked);
  assert.deepEqual(attacked.answers, []);
});

test("a frame that is moved under the pointer just before a click gets no consent", async (visit) => {
  const attacked = await attack(visit);
  const { prompts, answers } = attacked;
  const { mouse } = prompts.page;
  await prompts.button("Allow").and(prompts.frame.locator(":enabled")).waitFor();
  const [x, y] = await centerOf(attacked);
  for (const [dx, dy] of [
    [60, 0],
    [0, -50],
    [-80, 40],
  ] as const) {
    // Somewhere harmless, for as long as anybody likes; then the button comes to where the pointer is.
    await mouse.move(x - 200 + dx, y - 60 + dy, { steps: 4 });
    await mouse.move(x + dx, y + dy, { steps: 4 });
    await sleep(700);
    await prompts.place(`inset:auto;left:${dx}px;top:${dy}px`);
    await mouse.down();
    await mouse.up();
    await sleep(50);
    assert.deepEqual(answers, [], `moved by ${dx}, ${dy}`);
    await prompts.place("inset:0");
    await sleep(1200);
  }
  await pressConsent(prompts.button("Allow"));
  await untilAnswered(answers);
  assert.deepEqual(answers, ['{"answer":"once"}'], "after all that");
});

test("a frame that comes from elsewhere to below a waiting pointer gets no consent", async (visit) => {
  const attacked = await attack(visit);
  const { prompts, answers } = attacked;
  const { mouse } = prompts.page;
  await prompts.place("inset:auto;left:0;top:0;width:600px;height:800px");
  await mouse.move(1000, 400, { steps: 3 });
  await prompts.button("Allow").and(prompts.frame.locator(":enabled")).waitFor();
  const [x, y] = await centerOf(attacked);
  await prompts.place(`left:${1000 - x}px;top:${400 - y}px`);
  await mouse.down();
  await mouse.up();
  await sleep(100);
  assert.deepEqual(answers, []);
});

/** Runs in the frame: the question stays as new as it is, however long the presses take to arrive. */
function stopClock(): void {
  const stoppedMs = performance.now();
  performance.now = () => stoppedMs;
}

/** Runs in the frame, which looks again how long it has been seen when something happens to it. */
function letClockGo(): void {
  Reflect.deleteProperty(performance, "now");
  dispatchEvent(new Event("resize"));
}

test("presses that began before the question, come too soon, or repeat by themselves are no answer", async (visit) => {
  const prompts = await PromptPage.open(visit, served());
  const { mouse, keyboard } = prompts.page;
  // Where the button is going to be.
  const probe = prompts.prompt("permission", permission);
  await prompts.button("Allow").and(prompts.frame.locator(":enabled")).waitFor();
  const box = await prompts.button("Allow").boundingBox();
  assert.ok(box !== null);
  await keyboard.press("Escape");
  await probe;
  await mouse.move(box.x + 20, box.y + 20);
  const answers: unknown[] = [];
  await prompts.frame.evaluate(stopClock);
  void prompts.prompt("permission", permission).then((answer) => answers.push(answer));
  await prompts.dialog.waitFor();
  for (let press = 0; press < 4; press++) {
    await mouse.down();
    await mouse.up();
  }
  await keyboard.press("Enter");
  await keyboard.press("Escape");
  await sleep(200);
  assert.deepEqual(answers, [], "not even turned away");
  await prompts.frame.evaluate(letClockGo);
  await prompts.button("Allow").and(prompts.frame.locator(":enabled")).waitFor();
  await prompts.button("Allow").focus();
  await prompts.frame.evaluate(() => {
    const options = { key: "Enter", code: "Enter", bubbles: true, cancelable: true };
    const button = document.querySelector<HTMLElement>("[data-consent]");
    button?.dispatchEvent(new KeyboardEvent("keydown", options));
    button?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    button?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    button?.click();
  });
  assert.deepEqual(answers, []);
  await keyboard.down("a");
  await keyboard.up("a");
  await keyboard.press("Enter");
  await untilAnswered(answers);
  assert.deepEqual(answers, ['{"answer":"once"}'], "somebody's own key, after all that");
});

test("an app that hides the frame or takes it out of its page gets no answer of it", async (visit) => {
  const attacked = await attack(visit);
  const { prompts, answers } = attacked;
  await prompts.place("display:none");
  await sleep(patienceMs);
  assert.deepEqual(answers, []);
  await prompts.place("display:block");
  await prompts.page.locator("iframe").focus();
  await pressConsent(prompts.button("Allow"));
  await untilAnswered(answers);
  assert.deepEqual(answers, ['{"answer":"once"}']);
  const gone = prompts.prompt("permission", permission);
  gone.catch(() => undefined);
  await prompts.dialog.waitFor();
  await prompts.page.evaluate(() => document.querySelector("iframe")?.remove());
  await sleep(200);
  assert.equal(await Promise.race([gone, sleep(100).then(() => "nothing")]), "nothing");
});
