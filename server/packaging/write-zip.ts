import { zipSync, type Zippable } from "fflate";

/** A zip with its files in the order of their paths and no trace of when or where it was made. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const inOrder = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const zippable: Zippable = Object.fromEntries(
    inOrder.map(([path, content]) => [path, [content, { level: 9, mtime: firstDosDay }]]),
  );
  return zipSync(zippable);
}

/** Zip files keep local time: as a local date, it is the same bytes in every time zone. */
const firstDosDay = new Date(1980, 0, 1);
