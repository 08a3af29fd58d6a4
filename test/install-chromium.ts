import { execFile } from "node:child_process";
import { accessSync } from "node:fs";
import { promisify } from "node:util";

import { chromiumAdvice, findChromium } from "./end-to-end/browser/chromium-path.ts";

const aptGet = "/usr/bin/apt-get";
const commandMsMax = 600_000;
const outputBytesMax = 16_000_000;
const shownCharsMax = 2_000;

/** What the installation needs to know of its machine, and does to it. */
export type Machine = {
  hasChromium(): boolean;
  /** Root, and Debian's packages. */
  canInstall(): boolean;
  run(words: readonly string[]): Promise<void>;
};

const commands = [
  ["apt-get", "update"],
  ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
];

/**
 * Debian's Chromium, where there is none. Never throws, and returns what went wrong: the browser tests then fail with the same
 * advice, and all others run.
 */
export async function installChromium(machine: Machine = thisMachine): Promise<string | undefined> {
  if (machine.hasChromium()) return undefined;
  if (!machine.canInstall()) return chromiumAdvice;
  try {
    for (const words of commands) await machine.run(words);
  } catch (error) {
    return `${chromiumAdvice}. ${reasonOf(error)}`;
  }
  return machine.hasChromium() ? undefined : chromiumAdvice;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(-shownCharsMax) : String(error);
}

const thisMachine: Machine = {
  hasChromium: () => findChromium() !== undefined,
  // Whoever names a program in CHROMIUM wants that one, also when it is not there.
  canInstall: () => process.getuid?.() === 0 && exists(aptGet) && !isNamed(),
  run: async ([, ...words]) => {
    console.log(`# Chromium for the browser tests: apt-get ${words.join(" ")}`);
    // Another program of this machine may be installing something.
    await promisify(execFile)(aptGet, ["-o", "DPkg::Lock::Timeout=300", ...words], {
      timeout: commandMsMax,
      maxBuffer: outputBytesMax,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  },
};

function isNamed(): boolean {
  return (process.env["CHROMIUM"] ?? "") !== "";
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
