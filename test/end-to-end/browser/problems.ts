import type { BrowserContext, ConsoleMessage, Page, Request } from "playwright-core";

import { until } from "../until.ts";
import { isForeign } from "./site-url.ts";
import { within } from "./within.ts";
import { complainOnConsole } from "./worker-complaints.ts";

/**
 * `console`: an error on the console, failed loads among them; `error`: an exception that nobody caught; `policy`: something that a
 * content security policy refused; `foreign`: a request to a host that is not the network's; `crash`: a page that died.
 */
export type ProblemKind = "console" | "error" | "policy" | "foreign" | "crash";

export type Problem = {
  readonly kind: ProblemKind;
  readonly text: string;
  /** The page, worker or file where it was. */
  readonly where: string;
};

type Expectation = {
  readonly kind: ProblemKind;
  readonly pattern: RegExp;
  readonly must: boolean;
};

/** As frames report it; see `reportViolations`. */
type Violation = { readonly directive: string; readonly blocked: string; readonly source: string };

const happenedMsMax = 15_000;
const flushMsMax = 2_000;

/** What a browser says of requests and scripts that end without an answer. */
const noAnswer =
  /ERR_(?:CONNECTION|FAILED|INCOMPLETE|INTERNET|NETWORK)|incomplete|occurred when fetching the script/;
/** And of a service worker whose installation that ends. */
const brokenInstallation = /uncaught: TypeError: Failed to fetch/;
/** And of one whose files were replaced meanwhile. */
const mixedInstallation =
  /uncaught: Error: \S+ (?:is of another version|cannot be kept: status 404)/;

/** What went wrong in the pages of one test, and what of it the test wants to go wrong. */
export class Problems {
  readonly #heard: Problem[] = [];
  readonly #foreign = new Map<Request, Problem>();
  readonly #expectations: Expectation[] = [];
  readonly #contexts: BrowserContext[] = [];

  get all(): readonly Problem[] {
    return [...this.#heard, ...this.#foreign.values()];
  }

  /** It has to happen, at least once. */
  expect(kind: ProblemKind, pattern: RegExp): void {
    this.#expectations.push({ kind, pattern, must: true });
  }

  /** Waits until it has happened. */
  async happened(kind: ProblemKind, pattern: RegExp): Promise<Problem> {
    this.expect(kind, pattern);
    return await until(`${kind} ${pattern} in the browser`, happenedMsMax, () =>
      this.all.find((problem) => matches({ kind, pattern, must: true }, problem)),
    );
  }

  /** It may happen. */
  allow(kind: ProblemKind, pattern: RegExp): void {
    this.#expectations.push({ kind, pattern, must: false });
  }

  /** Nodes may be out of reach. */
  allowSilence(): void {
    this.allow("console", noAnswer);
  }

  /** A node, or the network, may go while a service worker is keeping an app, which is then tried again. */
  allowBrokenInstallation(): void {
    this.allow("console", brokenInstallation);
  }

  /** An app may be upgraded while a service worker is keeping it, which is then tried again. */
  allowMixedInstallation(): void {
    this.allow("console", mixedInstallation);
  }

  /** Before the context has pages. Frames, workers and service workers are heard, too. */
  async watch(context: BrowserContext): Promise<void> {
    this.#contexts.push(context);
    context.on("console", (message) => this.#hear(message));
    context.on("weberror", (error) => {
      this.add("error", error.error().stack ?? error.error().message, error.page()?.url());
    });
    context.on("request", (request) => this.#see(request));
    context.on("requestfailed", (request) => {
      // What a policy refuses is told as a request, too, and has never left the page.
      if (request.failure()?.errorText === "csp") this.#foreign.delete(request);
    });
    context.on("serviceworker", (worker) => void complainOnConsole(worker));
    context.on("page", (page) => {
      page.on("worker", (worker) => void complainOnConsole(worker));
      page.on("crash", () => this.add("crash", "the page crashed", page.url()));
      page.on("websocket", (socket) => {
        if (isForeign(socket.url())) this.add("foreign", socket.url(), page.url());
      });
    });
    await context.exposeBinding("kithReportViolation", ({ frame }, violation: Violation) => {
      const { directive, blocked, source } = violation;
      this.add("policy", `${directive} refused ${blocked} (${source})`, frame.url());
    });
    await context.addInitScript(reportViolations);
  }

  /** What a test has to fail with, when there is anything. Waits for what pages have said already. */
  async complaints(): Promise<readonly string[]> {
    const pages = this.#contexts.flatMap((context) => context.pages());
    await Promise.all(pages.map(flush));
    const unexpected = this.all.filter((problem) => !this.#isExpected(problem));
    const missing = this.#expectations.filter(
      (expected) => expected.must && !this.all.some((problem) => matches(expected, problem)),
    );
    return [
      ...unexpected.map(({ kind, text, where }) => `${kind}: ${text}\n    at ${where}`),
      ...missing.map(({ kind, pattern }) => `expected, but did not happen: ${kind} ${pattern}`),
    ];
  }

  #isExpected(problem: Problem): boolean {
    return this.#expectations.some((expectation) => matches(expectation, problem));
  }

  #hear(message: ConsoleMessage): void {
    if (message.type() !== "error" && message.type() !== "assert") return;
    const where = `${message.location().url} in ${message.page()?.url() ?? "a service worker"}`;
    // Told by the event, too, where there is a document; workers only have the console.
    const isPolicy = /content security policy|trusted ?(type|html|script)/i.test(message.text());
    this.add(isPolicy ? "policy" : "console", message.text(), where);
  }

  #see(request: Request): void {
    if (isForeign(request.url())) {
      const where = request.serviceWorker()?.url() ?? frameUrl(request);
      this.#foreign.set(request, { kind: "foreign", text: request.url(), where });
    }
  }

  add(kind: ProblemKind, text: string, where = "a page that is gone"): void {
    this.#heard.push({ kind, text, where });
  }
}

function matches(expectation: Expectation, problem: Problem): boolean {
  return expectation.kind === problem.kind && expectation.pattern.test(problem.text);
}

function frameUrl(request: Request): string {
  try {
    return request.frame().url();
  } catch {
    return "a page that is about to open";
  }
}

/** What a frame has reported arrives before its answer to a later question. */
async function flush(page: Page): Promise<void> {
  const answers = page.frames().map((frame) => frame.evaluate("0"));
  await within("the frames answer", flushMsMax, Promise.allSettled(answers)).catch(() => {});
}

declare const kithReportViolation: (violation: Violation) => void;

/** Runs in each frame before anything of the page does. */
function reportViolations(): void {
  // The page's own code may take the global away, or call it.
  const report = kithReportViolation;
  document.addEventListener("securitypolicyviolation", (event) => {
    const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
    const source = `${sourceFile}:${lineNumber}`;
    report({ directive: effectiveDirective, blocked: blockedURI, source });
  });
}
