/** Writes the same few files for ever and checks what it reads: `prepared-child.ts FOLDER`. */
import { PreparedFiles } from "./prepared-files.ts";

const [folder = ""] = process.argv.slice(2);
const onTrouble = (text: string): never => {
  throw new Error(text);
};
const files = new PreparedFiles({ folder, onTrouble });
for (let round = 0; ; round += 1) {
  const name = `file-${round % 8}`;
  files.write(name, new Uint8Array(1_500_000).fill(round));
  if (files.read(name) === undefined) throw new Error(`${name} is not whole`);
  if (round === 8) process.stdout.write("writing\n");
}
