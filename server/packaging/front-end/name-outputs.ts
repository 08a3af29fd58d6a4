import { sha256Hex } from "@kith/protocol/hashes";
import { packText, unpackText } from "@kith/protocol/texts";
import { isHashedName } from "@kith/sdk/hashed-name";

/** What a bundler made, and under which path pages find it. */
export type Output = { readonly path: string; readonly content: Uint8Array };

/** How the bundler names outputs here: `assets/main-4TIZDJ6B.js`. */
const namePattern = /^(.*)-[A-Z0-9]{8}(\.[^.]*)?$/;

/**
 * Gives outputs names by their content, so that a path never means another content. The bundler's own hashes depend on
 * where packages are installed; these are the same on every machine. Gives new outputs by their old paths.
 *
 * Outputs name each other, in circles too: a name is made of the content without names, and of the names that it would
 * have there, over and over until what the farthest output says has reached all.
 */
export function nameOutputs(outputs: readonly Output[]): ReadonlyMap<string, Output> {
  const parts = new Map(outputs.map((output) => [baseName(output.path), partsOf(output, outputs)]));
  let hashes = new Map([...parts].map(([name, { own }]) => [name, own]));
  for (let round = 0; round < outputs.length; round++) {
    const before = hashes;
    hashes = new Map(
      [...parts].map(([name, { own, names }]) => {
        const others = names.map((other) => before.get(other) ?? "");
        return [name, sha256Hex(packText([own, ...others].join(" ")))];
      }),
    );
  }
  const nameOf = (old: string): string => hashedName(old, hashes.get(old) ?? "");
  return new Map(
    outputs.map(({ path, content }) => {
      const { texts, names } = parts.get(baseName(path)) ?? { texts: undefined, names: [] };
      const newPath = path.slice(0, path.lastIndexOf("/") + 1) + nameOf(baseName(path));
      if (texts === undefined || names.length === 0) return [path, { path: newPath, content }];
      const renamed = texts.map(
        (text, at) => text + (at < names.length ? nameOf(names[at] ?? "") : ""),
      );
      return [path, { path: newPath, content: packText(renamed.join("")) }];
    }),
  );
}

type Parts = {
  /** Hash of the content without the names in it. */
  readonly own: string;
  /** What stands before, between and behind the names; undefined for what is no text. */
  readonly texts: readonly string[] | undefined;
  /** Base names of the outputs that it names, in order. */
  readonly names: readonly string[];
};

function partsOf({ path, content }: Output, outputs: readonly Output[]): Parts {
  const text = /\.(?:js|css)$/.test(path) ? unpackText(content) : undefined;
  if (text === undefined) return { own: sha256Hex(content), texts: undefined, names: [] };
  const known = outputs.map((output) => escaped(baseName(output.path)));
  const pieces = text.split(new RegExp(`(${known.join("|")})`));
  const texts = pieces.filter((_, at) => at % 2 === 0);
  const names = pieces.filter((_, at) => at % 2 === 1);
  return { own: sha256Hex(packText(JSON.stringify(texts))), texts, names };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** As short as possible, and long enough that sites recognise it as a hash. */
function hashedName(old: string, hash: string): string {
  const [, stem = old, extension = ""] = namePattern.exec(old) ?? [];
  for (let length = 12; length < hash.length; length++) {
    const name = `${stem}-${hash.slice(0, length)}${extension}`;
    if (isHashedName(name)) return name;
  }
  return `${stem}-${hash}${extension}`;
}
