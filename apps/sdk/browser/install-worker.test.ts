import assert from "node:assert/strict";
import { test } from "node:test";

import { installWorker, type InstallingWorker, type Registration } from "./install-worker.ts";

class TestWorker extends EventTarget implements InstallingWorker {
  state: ServiceWorkerState = "installing";

  become(state: ServiceWorkerState): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

/** How one attempt ends: by what `register` or `update` throws, or by what becomes of the worker. */
type Ending = Error | "installed" | "redundant" | "known";

/** A browser in which attempts end one after the other as listed, and pauses pass at once. */
class TestBrowser {
  readonly calls: string[] = [];
  readonly controller = new AbortController();
  readonly #endings: Ending[];
  /** During the first pause, or while the first registration goes on. */
  abortsIn: "pause" | "register" | undefined;

  constructor(...endings: Ending[]) {
    this.#endings = endings;
  }

  install(): Promise<void> {
    const { signal } = this.controller;
    const pause = async (ms: number): Promise<void> => {
      this.calls.push(`pause ${ms}`);
      if (this.abortsIn === "pause") this.controller.abort();
    };
    return installWorker({ register: (url) => this.#register(url) }, "/w.js", { signal, pause });
  }

  async #register(url: string): Promise<Registration> {
    this.calls.push(`register ${url}`);
    if (this.abortsIn === "register") this.controller.abort();
    const ending = this.#endings.shift();
    assert.ok(ending !== undefined, "more attempts than expected");
    const worker = new TestWorker();
    const registration = {
      installing: ending === "installed" || ending === "redundant" ? worker : null,
      update: async () => {
        this.calls.push("update");
        if (ending instanceof Error) throw ending;
      },
      unregister: async () => this.calls.push("unregister") > 0,
    };
    if (ending === "installed" || ending === "redundant") {
      setTimeout(() => worker.become(ending), 1);
    }
    return registration;
  }
}

const offline = new TypeError("Failed to update a ServiceWorker");

test("a first installation is waited for, and nothing else is asked", async () => {
  const browser = new TestBrowser("installed");
  await browser.install();
  assert.deepEqual(browser.calls, ["register /w.js"]);
});

test("what is registered already is looked for anew", async () => {
  const browser = new TestBrowser("known");
  await browser.install();
  assert.deepEqual(browser.calls, ["register /w.js", "update"]);
});

test("an installation that breaks off, or finds no network, is tried again after a pause", async () => {
  const browser = new TestBrowser("redundant", offline, "installed");
  await browser.install();
  const again = ["register /w.js", "update", "pause 20000", "register /w.js"];
  assert.deepEqual(browser.calls, ["register /w.js", "pause 10000", ...again]);
});

test("after the last attempt, what the browser says is told", async () => {
  const browser = new TestBrowser(...Array.from({ length: 5 }, () => offline), "redundant");
  await assert.rejects(browser.install(), /the installation broke off/);
  assert.equal(browser.calls.filter((call) => call.startsWith("pause")).length, 5);
});

test("what the browser will not have is not tried again", async () => {
  const refused = new DOMException("The script has an unsupported MIME type", "SecurityError");
  const browser = new TestBrowser(refused);
  await assert.rejects(browser.install(), refused);
  assert.deepEqual(browser.calls, ["register /w.js", "update"]);
});

test("who no longer wants it is asked nothing more, and what was registered meanwhile goes", async () => {
  const between = new TestBrowser("redundant");
  between.abortsIn = "pause";
  await between.install();
  assert.deepEqual(between.calls, ["register /w.js", "pause 10000"]);
  const within = new TestBrowser("installed");
  within.abortsIn = "register";
  await within.install();
  assert.deepEqual(within.calls, ["register /w.js", "unregister"]);
});
