import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { z } from "zod";

import { formatTable } from "./table.ts";

const measured = z.array(
  z.object({
    producers: z.number(),
    sizeBytes: z.number(),
    changesMs: z.number(),
    headerBytes: z.number(),
    headerMs: z.number(),
  }),
);

type Plan = { readonly folder: string; readonly rounds: number };

/**
 * With the runtime's own Ed25519, and with the one that browsers are given, in the same engine. The quickest of the rounds: it is
 * computation alone, which others on the machine make slower and nothing makes quicker.
 */
export async function benchLightClient({ folder, rounds }: Plan): Promise<string> {
  const program = join(import.meta.dirname, "light-program.ts");
  const built = await Bun.build({ entrypoints: [program], target: "browser", outdir: folder });
  const [forBrowsers] = built.outputs;
  if (forBrowsers === undefined) throw new Error("nothing was built for browsers");
  const rows: string[][] = [];
  for (const [name, path] of [
    ["runtime's own", program],
    ["as in browsers", forBrowsers.path],
  ] as const) {
    const all = Array.from({ length: rounds }, () => run(path));
    for (const [at, { producers, sizeBytes, headerBytes }] of (all[0] ?? []).entries()) {
      const ms = (of: "changesMs" | "headerMs") =>
        Math.min(...all.map((round) => round[at]?.[of] ?? Number.NaN)).toFixed(1);
      const kilobytes = [sizeBytes, headerBytes].map((bytes) => (bytes / 1000).toFixed(1));
      const [ofChanges = "", ofHeader = ""] = kilobytes;
      rows.push([name, `${producers}`, ofChanges, ms("changesMs"), ofHeader, ms("headerMs")]);
    }
  }
  return formatTable(["Ed25519", "producers", "100 changes, kB", "ms", "a header, kB", "ms"], rows);
}

function run(path: string): z.infer<typeof measured> {
  const ran = spawnSync(process.execPath, [path], { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return measured.parse(JSON.parse(ran.stdout));
}
