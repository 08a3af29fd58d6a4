import assert from "node:assert/strict";

import { parseWebAuthnClaim, webAuthnCheck } from "@kith/protocol/webauthn";
import type { Page } from "playwright-core";

import { checkAccessibility } from "../accessibility.ts";
import { PasskeyHolder } from "../passkey-holder.ts";
import { pressAndClose, pressConsent } from "../press.ts";
import { takeScreenshot } from "../screenshots.ts";
import { siteUrl } from "../site-url.ts";
import type { Visit } from "../visit.ts";
import { permission, PromptPage, promptTests } from "./prompt-gallery.ts";

const { test, served } = promptTests();

/** As in browsers that do not tell a frame whether it is seen. */
async function openBlind(visit: Visit): Promise<PromptPage> {
  const person = await visit.person();
  await person.context.addInitScript(() => {
    Reflect.deleteProperty(IntersectionObserverEntry.prototype, "isVisible");
  });
  return PromptPage.of(person, served());
}

type Opened<T> = { readonly page: Page; readonly outcome: Promise<T> };

/**
 * The window that the frame opens when its button is pressed, or by itself when somebody has just pressed something, as the
 * tests' driver pretends.
 */
async function openWindow<T>(prompts: PromptPage, ask: () => Promise<T>): Promise<Opened<T>> {
  const { context } = prompts.person;
  const opened = context.waitForEvent("page");
  const outcome = ask();
  const button = prompts.button("Open the window");
  const pressed = button.waitFor().then(() => pressConsent(button));
  pressed.catch(() => undefined);
  const page = await opened;
  await page.waitForLoadState();
  return { page, outcome };
}

test("where a frame cannot know whether it is seen, consent is given in a window of its own", async (visit) => {
  const prompts = await openBlind(visit);
  const { page, outcome } = await openWindow(prompts, () =>
    prompts.prompt("permission", permission),
  );
  await prompts.frame.getByText("festival asks you something.").waitFor();
  assert.equal(await prompts.button("Allow").count(), 0);
  await checkAccessibility(prompts.frame, "dialog");
  await page.getByText("festival asks to use tokens in your name, alice-lee.").waitFor();
  assert.equal(new URL(page.url()).hash, "");
  await checkAccessibility(page);
  await takeScreenshot(page, "prompt in a window");
  await pressAndClose(page.getByRole("button", { name: "Allow", exact: true }));
  assert.equal(await outcome, '{"answer":"once"}');
  await prompts.dialog.waitFor({ state: "hidden" });
});

test("a window that is closed, or a button that turns away, is no answer", async (visit) => {
  const prompts = await openBlind(visit);
  const ask = (): Promise<unknown> => prompts.prompt("permission", permission);
  const closed = await openWindow(prompts, ask);
  await closed.page.getByRole("dialog").waitFor();
  await closed.page.close();
  assert.equal(await closed.outcome, "failed: prompt-dismissed");
  const turned = await openWindow(prompts, ask);
  await pressAndClose(turned.page.getByRole("button", { name: "Not now" }));
  assert.equal(await turned.outcome, "failed: prompt-dismissed");
});

test("a window goes when the question is called off, or its page is left", async (visit) => {
  const prompts = await openBlind(visit);
  const ask = (): Promise<unknown> => prompts.prompt("permission", permission);
  const first = await openWindow(prompts, ask);
  await first.page.getByRole("dialog").waitFor();
  const isGone = first.page.waitForEvent("close");
  await pressConsent(prompts.button("Not now"));
  assert.equal(await first.outcome, "failed: prompt-dismissed");
  await isGone;
  const second = await openWindow(prompts, ask);
  second.outcome.catch(() => undefined);
  await second.page.getByRole("dialog").waitFor();
  const isGoneToo = second.page.waitForEvent("close");
  await prompts.page.goto("about:blank");
  await isGoneToo;
});

test("what needs no consent stays in the frame everywhere", async (visit) => {
  const prompts = await openBlind(visit);
  const asked = prompts.prompt("add-device", {
    step: "show",
    account: "alice-lee",
    link: "//home.kith.localhost/#add=00",
    code: "7KQ4-M2XB",
    helpers: "devices",
    isStillWaiting: false,
  });
  await prompts.frame.getByText("7KQ4-M2XB").waitFor();
  await pressConsent(prompts.button("Look now"));
  assert.equal(await asked, '{"answer":"look"}');
});

test("the pages of such windows do nothing for whoever opens or frames them", async (visit) => {
  const prompts = await PromptPage.open(visit, served());
  for (const path of ["/prompt.html", "/passkey.html", `/prompt.html#${"0".repeat(32)}`]) {
    const page = await prompts.person.open(served(), "supervisor", path);
    await page.getByText("Nothing is asked here.").waitFor();
    await page.close();
  }
  const url = siteUrl(served(), "supervisor", `/passkey.html#${"0".repeat(32)}`);
  await prompts.page.evaluate((src) => {
    const frame = document.createElement("iframe");
    frame.src = src;
    frame.style.cssText = "width:600px;height:600px";
    document.body.append(frame);
  }, url);
  const framed = prompts.page.frameLocator("iframe").nth(1);
  await framed.getByText("Nothing is asked here.").waitFor();
});

/** Out of the page; bytes do not travel otherwise. */
async function bytesOf(prompts: PromptPage, asked: object): Promise<readonly number[] | string> {
  return prompts.page.evaluate(async (wanted) => {
    const revived = Object.fromEntries(
      Object.entries(wanted).map(([name, value]: [string, unknown]) => [
        name,
        Array.isArray(value) ? new Uint8Array(value) : value,
      ]),
    );
    const value = await gallery.ask(revived, true);
    return value instanceof Uint8Array ? [...value] : String(value);
  }, asked);
}

declare const gallery: { ask(asked: object, settles: boolean): Promise<unknown> };

/** What is done in a window without anybody pressing anything there. */
async function inWindow<T>(prompts: PromptPage, ask: () => Promise<T>): Promise<T> {
  const button = prompts.button("Open the window");
  const pressed = button.waitFor().then(() => pressConsent(button));
  pressed.catch(() => undefined);
  return ask();
}

test("passkeys are made and used in a window at the top, and prove what the network takes", async (visit) => {
  const person = await visit.person();
  const holder = await PasskeyHolder.meet(person);
  const prompts = await PromptPage.of(person, served());
  const create = { kind: "create", account: "alice-lee" };
  const claim = await inWindow(prompts, () => bytesOf(prompts, create));
  assert.ok(typeof claim !== "string", String(claim));
  const read = parseWebAuthnClaim(Uint8Array.from(claim));
  assert.ok(read !== undefined);
  assert.equal(read.rpId, "supervisor.kith.localhost");
  assert.equal(read.origin, new URL(prompts.frame.url()).origin);
  assert.equal(holder.passkeys.length, 1);
  assert.equal(holder.passkeys[0]?.rpId, "supervisor.kith.localhost");

  const message = [...crypto.getRandomValues(new Uint8Array(32))];
  const proof = await inWindow(prompts, () => bytesOf(prompts, { kind: "prove", claim, message }));
  assert.ok(typeof proof !== "string", String(proof));
  const checked = webAuthnCheck(read, Uint8Array.from(proof), Uint8Array.from(message));
  assert.ok(checked.ok, "not across origins, and for this message");
  const kind = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("spki", Uint8Array.from(read.key), kind, false, [
    "verify",
  ]);
  const signed = checked.value;
  const isSigned = await crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    key,
    Uint8Array.from(signed.signature),
    Uint8Array.from(signed.message),
  );
  assert.ok(isSigned);

  const choose = () =>
    prompts.page.evaluate(async () => {
      const value = Object(await gallery.ask({ kind: "choose" }, true));
      return {
        account: String(value.account),
        proof: [...value.proof],
        message: [...value.message],
      };
    });
  const { account, ...rest } = await inWindow(prompts, choose);
  assert.equal(account, "alice-lee");
  const proved = webAuthnCheck(read, Uint8Array.from(rest.proof), Uint8Array.from(rest.message));
  assert.ok(proved.ok);
});

test("whoever turns away from a passkey may try again, or close the window", async (visit) => {
  const person = await visit.person();
  const holder = await PasskeyHolder.meet(person);
  const prompts = await PromptPage.of(person, served());
  holder.isWilling = false;
  const create = { kind: "create", account: "alice-lee" };
  const { page, outcome } = await openWindow(prompts, () => bytesOf(prompts, create));
  await page.getByText("No passkey was given.").waitFor();
  await checkAccessibility(page);
  await takeScreenshot(page, "passkey window");
  holder.isWilling = true;
  await pressAndClose(page.getByRole("button", { name: "Try again" }));
  assert.equal(typeof (await outcome), "object");
  holder.isWilling = false;
  const second = await openWindow(prompts, () => bytesOf(prompts, { kind: "choose" }));
  await second.page.getByText("No passkey was given.").waitFor();
  await pressAndClose(second.page.getByRole("button", { name: "Close" }));
  assert.equal(await second.outcome, "failed: passkey-dismissed");
});
