import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Child } from "../child.ts";
import { until } from "../until.ts";
import { ControlFile } from "./control-file.ts";
import { tortureVariable, type Torture } from "./torture-variable.ts";

const soonMs = 30_000;
const preload = join(import.meta.dirname, "node-preload.ts");
const connection = join(import.meta.dirname, "../../../server/store/sqlite.ts");

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "kith-torture-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function start(name: string, source: string, ports: Torture["ports"] = {}) {
  const control = new ControlFile(join(folder, `${name}.control`));
  const told: Torture = { control: control.path, ports };
  const child = new Child(name, ["--preload", preload, "-e", source], {
    [tortureVariable]: JSON.stringify(told),
  });
  return { control, child };
}

test("both clocks of a process are shifted while it runs, each by itself", async () => {
  const source = `setInterval(() => console.log(Date.now(), performance.now(), performance.timeOrigin), 10)`;
  const { control, child } = start("clocks", source);
  const last = (): readonly [wallMs: number, monotonicMs: number] | undefined => {
    const [wallMs, monotonicMs, originMs] = (child.output.split("\n").at(-2) ?? "")
      .split(" ")
      .map(Number);
    if (wallMs === undefined || monotonicMs === undefined || originMs === undefined)
      return undefined;
    return [
      Math.round((wallMs - Date.now()) / 60_000),
      Math.round((monotonicMs + originMs - Date.now()) / 60_000),
    ];
  };
  const expectMinutes = (wall: number, monotonic: number): Promise<unknown> =>
    until(`the clocks are ${wall} and ${monotonic} minutes off`, soonMs, () => {
      const minutes = last();
      return minutes?.[0] === wall && minutes[1] === monotonic;
    });
  await expectMinutes(0, 0);
  control.shiftWall(-3_600_000);
  await expectMinutes(-60, 0);
  control.shiftMonotonic(600_000);
  await expectMinutes(-60, 10);
  control.shiftWall(0);
  await expectMinutes(0, 10);
  await child.kill();
  control.close();
});

/** Writes rows for as long as that works, synced; then tells SQLite's code. */
const writer = `
  import { Connection, errorCodeOf } from ${JSON.stringify(connection)};
  const file = new Connection(process.env.FILE);
  file.pragma("journal_mode = WAL");
  file.exec("PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS rows (bytes BLOB)");
  const insert = file.prepare("INSERT INTO rows VALUES (?)");
  setInterval(() => {
    try {
      insert.run(new Uint8Array(5000));
      console.log("written");
    } catch (error) {
      console.log(errorCodeOf(error));
      process.exit(3);
    }
  }, 10);
`;

const skip = process.platform !== "linux";

for (const [fault, code] of [
  ["full", "SQLITE_FULL"],
  ["unsynced", "SQLITE_IOERR_FSYNC"],
] as const) {
  test(
    `a disk that is ${fault} makes SQLite fail with ${code}, and what was written is there again`,
    { skip },
    async () => {
      const source = writer.replace(
        "process.env.FILE",
        JSON.stringify(join(folder, `${fault}.db`)),
      );
      const first = start(fault, source);
      await until("something is written", soonMs, () => /written/.test(first.child.output));
      first.control.breakDisk(fault);
      assert.equal(await first.child.ended(), 3, first.child.output);
      assert.match(first.child.output, new RegExp(`${code}\n$`));
      const count = first.child.output.split("written").length - 1;
      first.control.close();

      const look = `
      import { Connection } from ${JSON.stringify(connection)};
      console.log(new Connection(${JSON.stringify(join(folder, `${fault}.db`))}).prepare("SELECT count(*) FROM rows").get()[0]);
    `;
      const second = start(`${fault}-again`, look);
      assert.equal(await second.child.ended(), 0, second.child.output);
      assert.ok(Number(second.child.output) >= count, `${second.child.output} of ${count}`);
      second.control.close();
    },
  );
}

test("what a process dials is led elsewhere, and other addresses stay as they are", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url}`);
    response.destroy();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  assert.ok(address !== null && typeof address !== "string");
  const { port } = address;
  const source = `
    for (const url of ["ws://127.0.0.1:9/led", "ws://127.0.0.1:${port}/straight"]) new WebSocket(url).onclose = () => undefined;
  `;
  const { child, control } = start("dials", source, { "9": port });
  await until("both arrive", soonMs, () => asked.toSorted().join() === "/led,/straight");
  await child.kill();
  control.close();
  server.close();
});
