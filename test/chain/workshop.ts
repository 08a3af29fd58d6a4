import { execFile, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { z } from "zod";

import { ChainNode } from "./chain-node.ts";

const errorAnswer = z.object({
  error: z.object({ code: z.string(), reason: z.string().optional() }),
});
const packageAnswer = z.object({ path: z.string() });

export type Ended = { readonly status: number; readonly out: string; readonly problem: string };

/** A folder of somebody who writes apps, with keys of his own and a node to talk to. */
export class Workshop {
  readonly folder: string = mkdtempSync(join(tmpdir(), "kith-workshop-"));
  readonly node: ChainNode;
  /** The command that runs now. */
  child: ChildProcess | undefined;

  constructor(node: ChainNode = new ChainNode()) {
    this.node = node;
  }

  async open(): Promise<void> {
    await this.node.open();
    await this.done("key", "new");
  }

  close(): void {
    this.node.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Runs the command in the folder. */
  kith(...words: readonly string[]): Promise<Ended> {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    const env = { ...process.env, KITH_HOME: join(this.folder, "home"), KITH_NODE: this.node.url };
    const main = join(import.meta.dirname, "../../server/cli/main.ts");
    const options = { env, cwd: this.folder };
    this.child = execFile(process.execPath, [main, ...words], options, (error, out, problem) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), out, problem });
    });
    return promise;
  }

  /** Throws when the command fails. */
  async done(...words: readonly string[]): Promise<string> {
    const { status, out, problem } = await this.kith(...words);
    if (status !== 0) throw new Error(`kith ${words.join(" ")} ended with ${status}:\n${problem}`);
    return out;
  }

  /** The code of the error with which the command ends. */
  async refused(...words: readonly string[]): Promise<string> {
    const { status, out } = await this.kith(...words, "--json");
    const { error } = errorAnswer.parse(JSON.parse(out));
    if (status === 0) throw new Error(`no error: ${out}`);
    const { code, reason = code } = error;
    return code === "refused" ? reason : code;
  }

  /** Writes an app and packages it; gives the path of the package. */
  async package(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    const app = join(this.folder, "apps", name);
    rmSync(app, { recursive: true, force: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(app, path)), { recursive: true });
      writeFileSync(join(app, path), content);
    }
    const out = await this.done("package", app, "--out", join(this.folder, "packages"), "--json");
    return packageAnswer.parse(JSON.parse(out)).path;
  }
}
