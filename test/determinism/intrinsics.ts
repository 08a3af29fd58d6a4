/** `bun test/determinism/intrinsics.ts`: writes the list that `intrinsics.test.ts` compares with. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { listIntrinsics } from "./list-intrinsics.ts";

const lines = listIntrinsics();
writeFileSync(join(import.meta.dirname, "intrinsics.txt"), `${lines.join("\n")}\n`);
console.log(`${lines.length} intrinsics`);
