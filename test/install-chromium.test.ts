import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { chromiumAdvice, findChromium } from "./end-to-end/browser/chromium-path.ts";
import { installChromium, type Machine } from "./install-chromium.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-chromium-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A machine that has Chromium once `installs` says so. */
function fakeMachine(has: boolean, may: boolean, installs: (words: string) => boolean) {
  const done: string[] = [];
  let there = has;
  const machine: Machine = {
    hasChromium: () => there,
    canInstall: () => may,
    run: (words) => {
      done.push(words.join(" "));
      there ||= installs(words.join(" "));
      return Promise.resolve();
    },
  };
  return { machine, done };
}

test("where there is a Chromium nothing is installed", async () => {
  const { machine, done } = fakeMachine(true, true, () => true);
  assert.equal(await installChromium(machine), undefined);
  assert.deepEqual(done, []);
});

test("root of a Debian machine gets Debian's Chromium, from a fresh list of packages", async () => {
  const { machine, done } = fakeMachine(false, true, (words) => words.endsWith(" chromium"));
  assert.equal(await installChromium(machine), undefined);
  assert.deepEqual(done, ["apt-get update", "apt-get install -y --no-install-recommends chromium"]);
});

test("who may not install anything is told what is missing", async () => {
  const { machine, done } = fakeMachine(false, false, () => true);
  assert.equal(await installChromium(machine), chromiumAdvice);
  assert.deepEqual(done, []);
});

test("an installation that fails says why, and what to do; one that brings no Chromium, too", async () => {
  const { machine } = fakeMachine(false, true, () => {
    throw new Error("no route to the mirror");
  });
  assert.match((await installChromium(machine)) ?? "", /CHROMIUM\. no route to the mirror$/);
  assert.equal(
    await installChromium(fakeMachine(false, true, () => false).machine),
    chromiumAdvice,
  );
});

test("a Chromium is found where PATH says, and where CHROMIUM says nowhere else", () => {
  const program = join(folder, "my-browser");
  assert.equal(findChromium({ CHROMIUM: program }), undefined);
  writeFileSync(program, "");
  assert.equal(findChromium({ CHROMIUM: program }), undefined, "it is not executable");
  chmodSync(program, 0o755);
  assert.equal(findChromium({ CHROMIUM: program }), program);

  const inPath = join(folder, "chromium");
  writeFileSync(inPath, "");
  chmodSync(inPath, 0o755);
  assert.equal(findChromium({ PATH: `/nowhere:${folder}` }), inPath);
});
