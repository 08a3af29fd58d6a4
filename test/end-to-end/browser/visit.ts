import { stripVTControlCharacters } from "node:util";

import type { Chromium } from "./chromium.ts";
import { Person, type Device } from "./person.ts";
import { Problems } from "./problems.ts";
import { takeScreenshot } from "./screenshots.ts";
import { within } from "./within.ts";

const closeMsMax = 10_000;

/** The people of one test, and what goes wrong in their pages. */
export class Visit {
  readonly problems = new Problems();
  readonly #browser: Chromium;
  readonly #people: Person[] = [];
  #isOver = false;

  constructor(browser: Chromium) {
    this.#browser = browser;
  }

  /** Somebody new, with a browser profile of their own. */
  async person(device: Device = {}): Promise<Person> {
    if (this.#isOver) throw new Error("the test is over");
    const person = await Person.arrive(this.#browser, this.problems, device);
    this.#people.push(person);
    return person;
  }

  /** Where everybody is. */
  whereabouts(): readonly string[] {
    return this.#people.flatMap(({ name, context }) =>
      context.pages().map((page) => `${name} was at ${page.url()}`),
    );
  }

  async screenshots(name: string): Promise<void> {
    const pages = this.#people.flatMap(({ context }) => context.pages());
    const taken = pages.map((page, index) => takeScreenshot(page, `failed ${index + 1} ${name}`));
    await Promise.allSettled(taken);
  }

  /** Never throws: a failed test still has its own error to tell. */
  async close(): Promise<void> {
    this.#isOver = true;
    const all = this.#people.map((person) => person.leave());
    await within("everybody leaves", closeMsMax, Promise.allSettled(all)).catch(() => {});
  }
}

type Visitors = {
  readonly name: string;
  readonly body: (visit: Visit) => Promise<void>;
  readonly deadlineMs: number;
};

/** Runs the body, closes what it opened, and throws when it or any of its pages failed. */
export async function runVisit(browser: Chromium, visitors: Visitors): Promise<void> {
  const { name, body, deadlineMs } = visitors;
  const visit = new Visit(browser);
  const failures: unknown[] = [];
  await within(name, deadlineMs, body(visit)).catch((error: unknown) => failures.push(error));
  const complaints = await visit.problems.complaints();
  const isFine = failures.length === 0 && complaints.length === 0;
  if (!isFine) await visit.screenshots(name);
  const whereabouts = visit.whereabouts();
  await visit.close();
  if (isFine) return;
  const said = failures.map((error) =>
    stripVTControlCharacters(error instanceof Error ? error.message : String(error)),
  );
  const lines = [...said, ...complaints.map((each) => `in the browser: ${each}`), ...whereabouts];
  throw new Error(lines.join("\n"), { cause: failures[0] });
}
