import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { buildFrontEnd } from "@kith/packaging/build-front-end";
import { fileKindOf } from "@kith/packaging/content-type";
import { fillPolicy } from "@kith/protocol/site-policy";
import type { Frame, Locator, Page } from "playwright-core";

import { rootHost } from "../../http-client.ts";
import { browserTests, type BrowserTest } from "../browser-tests.ts";
import { PageServer, type ServedPage } from "../page-server.ts";
import { frameOf, type Device, type Person } from "../person.ts";
import type { Visit } from "../visit.ts";

const supervisor = join(import.meta.dirname, "../../../../apps/supervisor");

/** The supervisor's own files and a page around its frame, under the policy that the supervisor has on a network. */
async function servePromptGallery(): Promise<PageServer> {
  const manifest: unknown = JSON.parse(readFileSync(join(supervisor, "kith.json"), "utf8"));
  const account: unknown = Reflect.get(Object(manifest), "accounts")?.supervisor;
  const policy = String(Reflect.get(Object(account), "csp"));
  const pages: Record<string, ServedPage> = {};
  return PageServer.start(pages, async (port) => {
    for (const folder of ["front-end", "gallery"]) {
      const site = await buildFrontEnd({ folder: join(supervisor, folder), entries: [] });
      assert.ok(site.ok, JSON.stringify(site));
      for (const { path, content } of site.value) {
        const own = fillPolicy(policy, `${rootHost}:${port}`);
        const ofApp = path === "/gallery.html";
        const csp = ofApp ? `script-src 'self'; frame-src *; style-src 'unsafe-inline'` : own;
        pages[path] = {
          type: fileKindOf(path).contentType,
          content: new TextDecoder().decode(content),
          headers: {
            "content-security-policy": csp,
            "cross-origin-opener-policy": "same-origin-allow-popups",
            "origin-agent-cluster": "?1",
          },
        };
      }
    }
  });
}

type PromptTests = { readonly test: BrowserTest; readonly served: () => PageServer };

/** What each file of tests about questions has: a browser, and the gallery's server. */
export function promptTests(): PromptTests {
  let server: PageServer | undefined;
  before(async () => {
    server = await servePromptGallery();
  });
  after(() => server?.close());
  const served = (): PageServer => {
    if (server === undefined) throw new Error("the gallery is served while tests run");
    return server;
  };
  return { test: browserTests(), served };
}

/** The question that most tests ask. */
export const permission = {
  caller: "festival",
  callee: "tokens",
  called: "transfer",
  level: "high",
  app: "festival",
  user: "alice-lee",
};

export const signIn = {
  app: "festival",
  accounts: [],
  waiting: [],
  names: { charsMin: 8, charsMax: 10 },
};

/** A question that is seen is ready after half a second; on a busy machine it is seen late. */
const readyMsMax = 45_000;

/** As the gallery's page leaves it. */
declare const gallery: {
  readonly frame: HTMLIFrameElement;
  ask(asked: object, settles: boolean): Promise<unknown>;
};

/** What the gallery's page has the frame ask. */
export type Asked = {
  readonly kind: string;
  readonly prompt?: string;
  readonly details?: string;
  readonly account?: string;
};

/** A page of an app, and what the supervisor asks above it. */
export class PromptPage {
  readonly page: Page;
  readonly person: Person;
  readonly frame: Frame;

  private constructor(page: Page, person: Person, frame: Frame) {
    this.page = page;
    this.person = person;
    this.frame = frame;
  }

  static async open(visit: Visit, server: PageServer, device: Device = {}): Promise<PromptPage> {
    return PromptPage.of(await visit.person(device), server);
  }

  static async of(person: Person, server: PageServer): Promise<PromptPage> {
    const page = await person.open(server, "festival", "/gallery.html");
    return new PromptPage(page, person, await frameOf(page, "supervisor"));
  }

  /** What comes of it. */
  ask(asked: Asked, settles = true): Promise<unknown> {
    return this.page.evaluate(
      ([wanted, isLast]) => {
        return gallery.ask(wanted, isLast);
      },
      [asked, settles] as const,
    );
  }

  prompt(kind: string, details: object, settles = true): Promise<unknown> {
    return this.ask({ kind: "prompt", prompt: kind, details: JSON.stringify(details) }, settles);
  }

  /** From when on presses count. */
  async isReady(): Promise<void> {
    const consent = this.dialog.locator("[data-consent]:enabled").first();
    await consent.waitFor({ timeout: readyMsMax });
  }

  get dialog(): Locator {
    return this.frame.getByRole("dialog");
  }

  button(name: string | RegExp): Locator {
    return this.frame.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** Puts the frame where an app likes it. */
  async place(style: string): Promise<void> {
    await this.page.evaluate((css) => {
      gallery.frame.style.cssText += `;${css}`;
    }, style);
  }
}
