import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { newFolder } from "./fixtures.ts";
import { preparedDraftMsMax, preparedFileBytesMax, preparedTouchMs } from "./limits.ts";
import { PreparedFiles, type PreparedFilesOptions } from "./prepared-files.ts";

const dayMs = 86_400_000;

function opened(
  folder: string,
  options: Partial<PreparedFilesOptions> = {},
): { readonly files: PreparedFiles; readonly troubles: string[]; readonly inside: string } {
  const troubles: string[] = [];
  const onTrouble = (text: string): void => void troubles.push(text);
  const files = new PreparedFiles({ folder, onTrouble, ...options });
  return { files, troubles, inside: join(folder, "prepared") };
}

function bytesOf(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + seed * 7) & 0xff);
}

test("what was written is read again, by this process and by the next", () => {
  const folder = newFolder();
  const { files, troubles } = opened(folder);
  assert.equal(files.read("one"), undefined);
  for (const [name, length] of [
    ["one", 100_000],
    ["two", 0],
    ["three", 1],
  ] as const) {
    files.write(name, bytesOf(length, length));
    assert.deepEqual(files.read(name), bytesOf(length, length));
    assert.deepEqual(opened(folder).files.read(name), bytesOf(length, length));
  }
  files.write("one", bytesOf(5, 5));
  assert.deepEqual(files.read("one"), bytesOf(5, 5));
  assert.deepEqual(troubles, []);
});

test("a file of which any byte is another, or that is cut off or goes on, is none", () => {
  const { files, inside, troubles } = opened(newFolder());
  const content = bytesOf(40, 1);
  files.write("one", content);
  const path = join(inside, "one");
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at += 1) {
    const damaged = Uint8Array.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    writeFileSync(path, damaged);
    assert.equal(files.read("one"), undefined, `byte ${at}`);
    writeFileSync(path, whole.subarray(0, at));
    assert.equal(files.read("one"), undefined, `cut off at ${at}`);
  }
  writeFileSync(path, Buffer.concat([whole, Uint8Array.of(0)]));
  assert.equal(files.read("one"), undefined);
  writeFileSync(path, new Uint8Array(whole.length));
  assert.equal(files.read("one"), undefined, "zeros, as a power cut leaves them");
  writeFileSync(path, whole);
  assert.deepEqual(files.read("one"), content);
  files.write("one", content);
  assert.deepEqual(troubles, []);
});

test("a file under a name that it was not written under is none, and is written over", () => {
  const { files, inside } = opened(newFolder());
  files.write("one", bytesOf(40, 1));
  writeFileSync(join(inside, "two"), readFileSync(join(inside, "one")));
  assert.equal(files.read("two"), undefined);
  files.write("two", bytesOf(40, 2));
  assert.deepEqual(files.read("two"), bytesOf(40, 2));
});

test("a name that could lead out of the folder is refused", () => {
  const { files } = opened(newFolder());
  for (const name of ["../one", "a/b", "", "A", "x".repeat(201)]) {
    assert.throws(() => files.read(name), /nothing is kept/);
    assert.throws(() => files.write(name, new Uint8Array()), /nothing is kept/);
  }
});

test("what is longer than a file may be is neither written nor read", () => {
  const { files, inside, troubles } = opened(newFolder());
  files.write("first", new Uint8Array());
  files.write("one", new Uint8Array(preparedFileBytesMax));
  assert.deepEqual(readdirSync(inside), ["first"]);
  writeFileSync(join(inside, "one"), new Uint8Array(preparedFileBytesMax + 1));
  assert.equal(files.read("one"), undefined);
  assert.deepEqual(troubles, []);
});

test("a full disk harms nobody: it is said once, nothing half stays, and it works again when there is room", () => {
  const disk = { isFull: true };
  const { files, troubles, inside } = opened(newFolder(), {
    writeNew: (path, parts) => {
      writeFileSync(path, parts[0] ?? new Uint8Array());
      if (disk.isFull) throw new Error("ENOSPC: no space left on device");
      writeFileSync(path, Buffer.concat([...parts]));
    },
  });
  for (const name of ["one", "two"]) {
    files.write(name, bytesOf(100, 1));
    assert.equal(files.read(name), undefined);
  }
  assert.equal(troubles.length, 1);
  assert.match(troubles[0] ?? "", /cannot be kept in .*ENOSPC/);
  assert.deepEqual(readdirSync(inside), []);
  disk.isFull = false;
  files.write("one", bytesOf(100, 1));
  assert.deepEqual(files.read("one"), bytesOf(100, 1));
});

test("a folder that cannot be made, or that somebody takes away, harms nobody", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "prepared"), "a file where the folder should be");
  const blocked = opened(folder);
  blocked.files.write("one", bytesOf(1, 1));
  assert.equal(blocked.files.read("one"), undefined);
  assert.equal(blocked.troubles.length, 1);
  rmSync(join(folder, "prepared"));
  const { files, inside } = opened(folder);
  files.write("one", bytesOf(1, 1));
  rmSync(inside, { recursive: true });
  files.write("one", bytesOf(1, 1));
  files.write("one", bytesOf(1, 1));
  assert.deepEqual(files.read("one"), bytesOf(1, 1));
});

test("when all together take too much room, what was used longest ago goes", () => {
  const clock = { nowMs: Date.now() };
  const folder = newFolder();
  const open = () => opened(folder, { nowMs: () => clock.nowMs, bytesMax: 20_000 }).files;
  const names = Array.from({ length: 19 }, (_, at) => `file-${at}`);
  for (const name of names) {
    open().write(name, bytesOf(1_000, 1));
    clock.nowMs += dayMs;
    utimesSync(join(folder, "prepared", name), clock.nowMs / 1000, clock.nowMs / 1000);
  }
  // Reading is using.
  assert.ok(open().read("file-0"));
  open().write("last", bytesOf(1_000, 1));
  open().write("last", bytesOf(1_000, 1));
  const left = readdirSync(join(folder, "prepared"));
  assert.ok(left.length <= 15, left.join(" "));
  for (const name of ["file-0", "file-18", "last"]) assert.ok(left.includes(name), name);
  assert.ok(!left.includes("file-1"));
});

test("one process that writes on and on keeps to the limit, give or take a sixteenth", () => {
  const { files, inside } = opened(newFolder(), { bytesMax: 64_000 });
  for (let at = 0; at < 300; at += 1) {
    files.write(`file-${at}`, bytesOf(1_000, at));
    const bytes = readdirSync(inside).reduce(
      (sum, name) => sum + statSync(join(inside, name)).size,
      0,
    );
    assert.ok(bytes <= 64_000 * (1 + 1 / 16) + 2_100, `${bytes} after ${at}`);
  }
  assert.deepEqual(files.read("file-299"), bytesOf(1_000, 299));
});

test("a file's time is when it was last read, to an hour", () => {
  const clock = { nowMs: Date.now() + 10 * preparedTouchMs };
  const { files, inside } = opened(newFolder(), { nowMs: () => clock.nowMs });
  files.write("one", bytesOf(1, 1));
  const usedMs = (): number => Math.round(statSync(join(inside, "one")).mtimeMs);
  assert.ok(files.read("one"));
  assert.ok(Math.abs(usedMs() - clock.nowMs) < 1_000);
  const before = usedMs();
  clock.nowMs += preparedTouchMs / 2;
  assert.ok(files.read("one"));
  assert.equal(usedMs(), before);
});

test("what processes left behind that were killed goes, and what another one writes just now stays", () => {
  const { files, inside } = opened(newFolder());
  mkdirSync(inside);
  const oldSeconds = (Date.now() - 2 * preparedDraftMsMax) / 1000;
  for (const name of ["old.draft", "new.draft"]) writeFileSync(join(inside, name), "half");
  utimesSync(join(inside, "old.draft"), oldSeconds, oldSeconds);
  files.write("one", bytesOf(1, 1));
  assert.deepEqual(readdirSync(inside).toSorted(), ["new.draft", "one"]);
});

const child = join(import.meta.dirname, "prepared-child.ts");

test(
  "processes that write the same files at once, and are killed in the middle, leave whole files or none",
  { timeout: 60_000 },
  async () => {
    const folder = newFolder();
    for (let round = 0; round < 3; round += 1) {
      const killed = [0, 1].map(
        () =>
          new Promise<void>((resolve, reject) => {
            const stdio = ["ignore", "pipe", "inherit"] as const;
            const running = spawn(process.execPath, [child, folder], { stdio: [...stdio] });
            running.stdout?.once("data", () =>
              setTimeout(() => running.kill("SIGKILL"), 15 + 20 * round),
            );
            running.on("error", reject);
            running.on("close", (_, signal) =>
              signal === "SIGKILL" ? resolve() : reject(new Error("the child ended by itself")),
            );
          }),
      );
      await Promise.all(killed);
      const { files, inside, troubles } = opened(folder);
      const names = readdirSync(inside).filter((name) => !name.endsWith(".draft"));
      assert.ok(names.length > 0);
      for (const name of names) assert.ok(files.read(name), `${name} is not whole`);
      assert.deepEqual(troubles, []);
    }
  },
);
