import assert from "node:assert/strict";

import { pressConsent } from "../press.ts";
import { permission, PromptPage, promptTests, signIn } from "./prompt-gallery.ts";

const { test, served } = promptTests();

test("consent is for once, until more is chosen; refusing for good is behind the details", async (visit) => {
  const prompts = await PromptPage.open(visit, served());
  const once = prompts.prompt("permission", permission);
  await prompts.frame.getByText("festival asks to use tokens in your name, alice-lee.").waitFor();
  await pressConsent(prompts.button("Allow"));
  assert.equal(await once, '{"answer":"once"}');
  const longer = { session: "Until I close this tab", always: "Always" };
  for (const [answer, name] of Object.entries(longer)) {
    const asked = prompts.prompt("permission", permission);
    await prompts.isReady();
    await prompts.frame.getByRole("radio", { name }).check();
    await pressConsent(prompts.button("Allow"));
    assert.equal(await asked, JSON.stringify({ answer }));
  }
  const never = prompts.prompt("permission", permission);
  await prompts.isReady();
  await prompts.frame.getByText("Details").click();
  await prompts.frame.getByText("transfer", { exact: true }).waitFor();
  await pressConsent(prompts.button("Never allow this"));
  assert.equal(await never, '{"answer":"never"}');
});

test("the safe answer has the focus, keys stay in the question, and Escape turns away", async (visit) => {
  const prompts = await PromptPage.open(visit, served());
  const { keyboard } = prompts.page;
  const focused = (): Promise<string> =>
    prompts.frame.evaluate(() => document.activeElement?.textContent ?? "");
  const asked = prompts.prompt("permission", permission);
  await prompts.dialog.waitFor();
  assert.equal(await focused(), "Not now");
  await prompts.isReady();
  const visited = new Set<string>();
  for (let presses = 0; presses < 8; presses++) {
    await keyboard.press("Tab");
    visited.add(await focused());
  }
  assert.deepEqual([...visited].toSorted(), ["", "Allow", "Details", "Not now"]);
  await keyboard.press("Escape");
  assert.equal(await asked, "failed: prompt-dismissed");
  const again = prompts.prompt("permission", permission);
  await prompts.isReady();
  await keyboard.press("Tab");
  assert.equal(await focused(), "Allow");
  await keyboard.press("Enter");
  assert.equal(await again, '{"answer":"once"}');
  assert.equal(await prompts.dialog.isVisible(), false);
});

test("a name is checked while it is typed, and what is typed stays when it is asked for again", async (visit) => {
  const prompts = await PromptPage.open(visit, served());
  const first = prompts.prompt("sign-in", signIn, false);
  const name = prompts.frame.getByRole("textbox", { name: "Choose a name" });
  await name.fill("alice");
  await pressConsent(prompts.button("Begin"));
  await prompts.frame.getByRole("alert").getByText("8 characters or more").waitFor();
  await name.fill("Alice-Lee");
  await name.press("Enter");
  const answer = JSON.parse(String(await first));
  assert.match(String(answer.device), /^Chrome on Linux$/);
  assert.deepEqual(answer, {
    answer: "new",
    name: "alice-lee",
    device: answer.device,
    everywhere: true,
  });
  const problem = { name: "alice-lee", reason: "taken" };
  const second = prompts.prompt("sign-in", { ...signIn, problem });
  await prompts.frame.getByRole("alert").getByText("alice-lee is taken.").waitFor();
  assert.equal(await name.inputValue(), "Alice-Lee");
  await name.fill("alice-may");
  assert.equal(await prompts.frame.getByRole("alert").count(), 0);
  await prompts.isReady();
  await prompts.frame.getByRole("checkbox").uncheck();
  await pressConsent(prompts.button("Begin"));
  assert.match(String(await second), /"name":"alice-may".*"everywhere":false/);
});

test("whoever has an account comes in by one of four ways", async (visit) => {
  const prompts = await PromptPage.open(visit, served());
  const ways: Readonly<Record<string, RegExp>> = {
    "Use a passkey": /^\{"answer":"passkey","device":"Chrome on Linux"\}$/,
    "Use a recovery code": /^\{"answer":"recovery-code"\}$/,
  };
  for (const [name, expected] of Object.entries(ways)) {
    const asked = prompts.prompt("sign-in", signIn);
    await prompts.isReady();
    await prompts.frame.getByText("I have an account already").click();
    await pressConsent(prompts.button(name));
    assert.match(String(await asked), expected);
  }
  const waiting = prompts.prompt("sign-in", { ...signIn, waiting: ["carol-may"] });
  await prompts.isReady();
  await prompts.frame.getByText("I have an account already").click();
  await pressConsent(prompts.button("Let friends help me in"));
  await pressConsent(prompts.button("Go on waiting for carol-may"));
  assert.match(String(await waiting), /"answer":"link","account":"carol-may".*"friends"/);
  const other = prompts.prompt("sign-in", signIn);
  await prompts.isReady();
  await prompts.frame.getByText("I have an account already").click();
  await pressConsent(prompts.button("Let another device of mine add this browser"));
  await prompts.frame.getByRole("textbox", { name: "Your account's name" }).fill("bob-jones");
  await pressConsent(prompts.button("Show the link"));
  assert.match(String(await other), /"answer":"link","account":"bob-jones".*"devices"/);
});

test("known people go on with one press, and codes are taken as they are typed", async (visit) => {
  const prompts = await PromptPage.open(visit, served());
  const accounts = ["alice-lee", "bob-jones"];
  const connect = prompts.prompt("connect", { app: "festival", accounts });
  await prompts.isReady();
  await prompts.frame.getByRole("checkbox").check();
  await pressConsent(prompts.button("Continue as bob-jones"));
  assert.equal(await connect, '{"answer":"account","account":"bob-jones","everywhere":true}');
  const other = prompts.prompt("connect", { app: "festival", accounts });
  await prompts.isReady();
  await prompts.button("Another account").click();
  assert.equal(await other, '{"answer":"other"}');

  const code = prompts.prompt("enter-recovery-code", {});
  await prompts.frame.getByRole("textbox", { name: "Your account's name" }).fill("alice-lee");
  await prompts.frame.getByRole("textbox", { name: "The code on your paper" }).fill("7kq4m 2xb9t");
  await pressConsent(prompts.button("Come in"));
  assert.match(String(await code), /^\{"account":"alice-lee","code":"7kq4m 2xb9t","device":/);

  const confirmed = { step: "confirm", account: "alice-lee", label: "Old phone" };
  const device = prompts.prompt("add-device", {
    ...confirmed,
    helpers: "devices",
    isWrong: false,
  });
  await prompts.frame.getByRole("textbox", { name: "The code on the other" }).fill("7KQ4");
  await prompts.frame.getByRole("textbox", { name: "What to call" }).fill("Kitchen");
  await pressConsent(prompts.button("Let it in"));
  assert.equal(await device, '{"answer":"code","code":"7KQ4","label":"Kitchen"}');
});

test("what is not a question is not shown, and questions come one after the other", async (visit) => {
  const prompts = await PromptPage.open(visit, served());
  assert.equal(await prompts.prompt("permission", {}), "failed: prompt-malformed");
  assert.equal(await prompts.prompt("toString", {}), "failed: prompt-malformed");
  const first = prompts.prompt("permission", permission);
  const second = prompts.prompt("permission", { ...permission, callee: "chat" });
  await prompts.frame.getByText("use tokens in your name").waitFor();
  assert.equal(await prompts.frame.getByText("use chat in your name").count(), 0);
  await pressConsent(prompts.button("Allow"));
  assert.equal(await first, '{"answer":"once"}');
  await prompts.frame.getByText("use chat in your name").waitFor();
  await pressConsent(prompts.button("Allow"));
  assert.equal(await second, '{"answer":"once"}');
});

test("an app that is turned away three times in a row is not heard for a while, on no page", async (visit) => {
  const prompts = await PromptPage.open(visit, served());
  for (let count = 0; count < 3; count++) {
    const asked = prompts.prompt("permission", permission);
    await prompts.isReady();
    await prompts.button("Not now").click();
    assert.equal(await asked, "failed: prompt-dismissed");
  }
  assert.equal(await prompts.prompt("permission", permission), "failed: prompt-dismissed");
  await prompts.page.reload();
  assert.equal(await prompts.prompt("permission", permission), "failed: prompt-dismissed");
});
