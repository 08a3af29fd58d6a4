import { createServer } from "node:net";

/** Which of the groups of tests this is that run at a time: a node that is down for a while finds its port free again. */
export const laneVariable = "KITH_TEST_LANE";

const lanePorts = 340;
const first = 21_300 + lanePorts * Number(process.env[laneVariable] ?? 0);

/** The first of `count` consecutive ports of this machine that nobody listens on. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const base = first + Math.floor(Math.random() * (lanePorts - count));
    const ports = Array.from({ length: count }, (_, index) => base + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no ${count} consecutive free ports of ${lanePorts} from ${first} on`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
