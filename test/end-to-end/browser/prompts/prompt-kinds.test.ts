import assert from "node:assert/strict";

import { until } from "../../until.ts";
import { checkAccessibility } from "../accessibility.ts";
import { pressConsent } from "../press.ts";
import { takeScreenshot } from "../screenshots.ts";
import { permission, PromptPage, promptTests, signIn } from "./prompt-gallery.ts";

const { test, served } = promptTests();

type Kind = {
  readonly kind: string;
  readonly details: object;
  /** Something that the question says. */
  readonly says: string;
  /** What is typed, by the labels of the fields. */
  readonly typed?: Readonly<Record<string, string>>;
  /** The button that answers, and the answer. */
  readonly button: string;
  readonly answer: RegExp;
  /** It answers by itself after a while, and has no button that consents. */
  readonly answersItself?: true;
};

const accounts = ["alice-lee", "bob-jones"];

/** Each kind of question, in the states that look different. */
const kinds: Readonly<Record<string, Kind>> = {
  "for permission": {
    kind: "permission",
    details: { ...permission, doc: "Sends tokens to somebody." },
    says: "festival asks to use tokens in your name, alice-lee.",
    button: "Allow",
    answer: /^\{"answer":"once"\}$/,
  },
  "who somebody new is": {
    kind: "sign-in",
    details: signIn,
    says: "Who are you in festival?",
    typed: { "Choose a name": "carol-may" },
    button: "Begin",
    answer: /^\{"answer":"new","name":"carol-may","device":".+","everywhere":true\}$/,
  },
  "who an invited person is": {
    kind: "sign-in",
    details: {
      ...signIn,
      accounts,
      invite: { inviter: "dora-kent", app: "festival", memo: "Come along" },
    },
    says: "dora-kent invites you to festival.",
    button: "Continue as bob-jones",
    answer: /^\{"answer":"account","account":"bob-jones"\}$/,
  },
  "who somebody is where nobody new comes in": {
    kind: "sign-in",
    details: {
      app: "festival",
      accounts: [],
      waiting: ["carol-may"],
      problem: { name: "carol-may", reason: "no-passkey" },
    },
    says: "That passkey no longer belongs to carol-may.",
    button: "Use a recovery code",
    answer: /^\{"answer":"recovery-code"\}$/,
  },
  "whom an app may know": {
    kind: "connect",
    details: { app: "festival", accounts },
    says: "festival asks who you are.",
    button: "Continue as alice-lee",
    answer: /^\{"answer":"account","account":"alice-lee","everywhere":false\}$/,
  },
  "to let a new device in": {
    kind: "add-device",
    details: {
      step: "show",
      account: "alice-lee",
      link: "//home.kith.localhost/#add=00",
      code: "7KQ4-M2XB",
      helpers: "devices",
      isStillWaiting: true,
    },
    says: "7KQ4-M2XB",
    button: "Look now",
    answer: /^\{"answer":"look"\}$/,
    answersItself: true,
  },
  "for the code of a friend's device": {
    kind: "add-device",
    details: {
      step: "confirm",
      account: "bob-jones",
      label: "Old phone",
      helpers: "friends",
      isWrong: true,
    },
    says: "Help bob-jones to get back in?",
    typed: { "The code on the other device": "7KQ4M2XB" },
    button: "Help",
    answer: /^\{"answer":"code","code":"7KQ4M2XB","label":"Old phone"\}$/,
  },
  "to keep a recovery code": {
    kind: "recovery-code",
    details: { account: "alice-lee", code: "7KQ4M 2XB9T 3HJ5N 8PRVW A1C6D" },
    says: "Whoever has this code can become alice-lee.",
    button: "I have it on paper",
    answer: /^\{"answer":"kept"\}$/,
  },
  "for a recovery code": {
    kind: "enter-recovery-code",
    details: { problem: "malformed" },
    says: "Come back with your recovery code",
    typed: { "Your account's name": "alice-lee", "The code on your paper": "7kq4m 2xb9t" },
    button: "Come in",
    answer: /^\{"account":"alice-lee","code":"7kq4m 2xb9t","device":".+"\}$/,
  },
  "before something that matters": {
    kind: "confirm",
    details: {
      act: "remove-device",
      user: "alice-lee",
      sentence: "Old phone can no longer act for alice-lee.",
    },
    says: "Old phone can no longer act for alice-lee.",
    button: "Remove",
    answer: /^\{"answer":"yes"\}$/,
  },
};

const overMsMax = 45_000;
const stopsMax = 20;

type Press = { readonly key: string; readonly asked: Promise<unknown> };

/** Keys count for nothing in the first half second, so somebody presses again. */
async function pressUntilOver(prompts: PromptPage, { key, asked }: Press): Promise<unknown> {
  let outcome: unknown;
  void asked.then((given) => (outcome = given));
  await until(`the question is over by ${key}`, overMsMax, async () => {
    await prompts.page.keyboard.press(key);
    return outcome !== undefined;
  });
  return outcome;
}

/** What the frame would do by itself, by its timers' numbers. */
declare const later: Map<number, () => void>;

/** Runs in the frame: what happens by itself after seconds waits until a test lets it happen, however long looking takes. */
function holdTimers(): void {
  const [secondsMin, secondsMax] = [3000, 15_000];
  const held: typeof later = new Map();
  const [set, clear] = [setTimeout, clearTimeout];
  let lastId = 1_000_000_000;
  const hold = (run: () => void, delayMs = 0): number => {
    if (delayMs < secondsMin || delayMs > secondsMax) return Number(set(run, delayMs));
    held.set(++lastId, run);
    return lastId;
  };
  const drop = (id = 0): void => {
    if (!held.delete(id)) clear(id);
  };
  Object.assign(globalThis, { later: held, setTimeout: hold, clearTimeout: drop });
}

/** Runs in the frame; whether there was something. */
function letTimersRun(): boolean {
  const due = [...later.values()];
  later.clear();
  for (const run of due) run();
  return due.length > 0;
}

/** A question that answers itself once its time has come. */
async function awaitItself(prompts: PromptPage, asked: Promise<unknown>): Promise<unknown> {
  await until("the question has begun to wait", overMsMax, () =>
    prompts.frame.evaluate(letTimersRun),
  );
  return asked;
}

/** Goes through the question with the Tab key until something of this name has the focus. */
async function tabTo(prompts: PromptPage, name: string): Promise<void> {
  for (let stop = 0; stop < stopsMax; stop++) {
    await prompts.page.keyboard.press("Tab");
    const focused = await prompts.frame.evaluate(() => {
      const { activeElement: found } = document;
      const label = found instanceof HTMLInputElement ? found.labels?.[0] : found;
      return label?.textContent ?? "";
    });
    if (focused.includes(name)) return;
  }
  assert.fail(`the Tab key does not lead to "${name}"`);
}

for (const [what, { kind, details, says, typed = {}, ...given }] of Object.entries(kinds)) {
  const { button, answer, answersItself } = given;
  test(`a question ${what} is read in light and dark, turned away from, and answered by keys and by pointer`, async (visit) => {
    const prompts = await PromptPage.open(visit, served());
    if (answersItself === true) await prompts.frame.evaluate(holdTimers);
    const ask = (): Promise<unknown> => prompts.prompt(kind, details, answersItself !== true);
    const read = async (colors: "light" | "dark"): Promise<void> => {
      await prompts.page.emulateMedia({ colorScheme: colors });
      await prompts.frame.getByText(says).first().waitFor();
      await checkAccessibility(prompts.frame, "dialog");
      await takeScreenshot(prompts.page, `prompt ${what} ${colors}`);
    };
    const first = ask();
    await read("light");
    if (answersItself === true) {
      assert.match(String(await awaitItself(prompts, first)), answer);
    } else {
      const turned = await pressUntilOver(prompts, { key: "Escape", asked: first });
      assert.equal(turned, "failed: prompt-dismissed");
    }

    const byKeys = ask();
    await read("dark");
    if (answersItself === true) {
      await tabTo(prompts, button);
      await pressUntilOver(prompts, { key: "Enter", asked: byKeys });
    } else {
      await prompts.isReady();
      for (const [label, text] of Object.entries(typed)) {
        await tabTo(prompts, label);
        await prompts.page.keyboard.type(text);
      }
      await tabTo(prompts, button);
      await prompts.page.keyboard.press("Enter");
    }
    assert.match(String(await byKeys), answer);

    const byPointer = ask();
    await prompts.dialog.waitFor();
    for (const [label, text] of Object.entries(typed)) {
      await prompts.frame.getByRole("textbox", { name: label }).fill(text);
    }
    await pressConsent(prompts.button(button));
    assert.match(String(await byPointer), answer);
  });
}
