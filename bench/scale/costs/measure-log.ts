import { mkdtempSync } from "node:fs";
import { join } from "node:path";

import type { Ballot } from "@kith/protocol/ballot";
import { termOf } from "@kith/protocol/ids";
import { openLog } from "@kith/store/log";

import { ballotBytes } from "../network/slow-disk.ts";
import type { Linear } from "./costs.ts";
import { fewVotes, manyVotes, sampleCertificate, sampleChain } from "./samples.ts";
import { cpuTimeOf, throughPoints } from "./stopwatch.ts";

const writesMeasured = 400;

/** What a write of the log takes of the core, beside waiting for the disk: ballots with few and with many votes, one at a time. */
export async function measureLog(folder: string): Promise<Linear> {
  const opened = openLog({
    folder: mkdtempSync(join(folder, "log-")),
    chain: sampleChain.id,
    onBroken: (broken) => {
      throw broken;
    },
  });
  if (!opened.ok) throw new Error(opened.error.code);
  const { log } = opened.value;
  const points = [];
  for (const votes of [fewVotes, manyVotes]) {
    const ballot: Ballot = { term: termOf(1), lock: sampleCertificate(votes) };
    const write = (): Promise<void> =>
      new Promise((done) => log.persist({ ballot, blocks: [] }, done));
    const writeAll = async (): Promise<void> => {
      for (let left = writesMeasured; left > 0; left -= 1) await write();
    };
    await writeAll();
    points.push({
      sizeBytes: ballotBytes(ballot),
      takes: await cpuTimeOf(writesMeasured, writeAll),
    });
  }
  await log.close();
  const [small, large] = points;
  if (small === undefined || large === undefined) throw new Error("both were measured");
  return throughPoints(small, large);
}
