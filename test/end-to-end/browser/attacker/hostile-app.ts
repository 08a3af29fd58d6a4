import type { Page } from "playwright-core";

import type { Cluster } from "../../cluster.ts";
import type { NodeAddress } from "../../http-client.ts";
import { until } from "../../until.ts";
import type { Person } from "../person.ts";
import { pageWith, publishSite, type SiteFiles } from "../publish-site.ts";
import type { Visit } from "../visit.ts";

const reportMsMax = 45_000;

/** An attacker holds itself to nothing: whatever stops it is what others do about it. */
const noPolicy = "default-src * data: blob: 'unsafe-inline' 'unsafe-eval'";

/**
 * What the scripts of hostile apps have. `attempt` reports what a body came to: `done: ...`, or `refused: ` and the error's
 * name; `frameOf` and `windowOf` show a page of another app.
 */
const prelude = `
const sibling = (app, path = "/") => location.protocol + "//" + app + location.host.slice(location.host.indexOf(".")) + path;
const within = (promise) => Promise.race([
  promise,
  new Promise((_, reject) => setTimeout(() => reject(new DOMException("nothing happened", "NoAnswer")), 10_000)),
]);
async function attempt(name, body) {
  try {
    await report(name, "done: " + String(await within(body())));
  } catch (error) {
    await report(name, "refused: " + error.name);
  }
}
const frameOf = (url) => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.title = "another app";
  frame.allow = "publickey-credentials-get *; publickey-credentials-create *";
  frame.onload = () => resolve(frame.contentWindow);
  frame.src = url;
  document.body.append(frame);
});
const windowOf = async (url) => {
  const opened = window.open(url);
  // What it shows at first is the opener's own.
  const isFirst = () => {
    try {
      return opened.location.href === "about:blank";
    } catch {
      return false;
    }
  };
  while (isFirst()) await new Promise((resolve) => setTimeout(resolve, 50));
  return opened;
};
`;

/** Publishes an app whose page runs `script`, an ES module behind the prelude. Its owner may add files, such as workers. */
export async function publishHostile(
  cluster: Cluster,
  app: string,
  script: string,
  files: SiteFiles = {},
): Promise<void> {
  const page = pageWith('<script type="module" src="/attack.js"></script>');
  const all = { "index.html": page, "attack.js": `${prelude}\n${script}`, ...files };
  await publishSite(cluster, app, all, ["--csp", noPolicy]);
}

/** A hostile app in somebody's browser, and what it says that it did. */
export class Attack {
  readonly page: Page;
  readonly #reports: ReadonlyMap<string, string>;

  private constructor(page: Page, reports: ReadonlyMap<string, string>) {
    this.page = page;
    this.#reports = reports;
  }

  /** Each person opens one. That an attacker's console is full of errors is no failure of the test. */
  static async open(visit: Visit, person: Person, node: NodeAddress, app: string): Promise<Attack> {
    visit.problems.allow("console", /./);
    visit.problems.allow("policy", /./);
    const reports = new Map<string, string>();
    await person.context.exposeBinding("report", (_, name: unknown, value: unknown) => {
      reports.set(String(name), String(value));
    });
    return new Attack(await person.open(node, app), reports);
  }

  /** What `report` was called with; waits for it. */
  async reported(name: string): Promise<string> {
    return await until(`the attack reports "${name}"`, reportMsMax, () => this.#reports.get(name));
  }

  /** All of these, by their names. */
  async outcomes(...names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const values = await Promise.all(names.map((name) => this.reported(name)));
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
  }
}
