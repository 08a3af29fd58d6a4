import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** A program by others with its tests, as the body of a function of `show`. */
export type LibraryProgram = { readonly name: string; readonly text: string };

const packages = resolve(import.meta.dirname, "../../node_modules");
/** Of the 5361 files of TC39's parser tests, each so many'th: all of them take minutes in an interpreter. */
const parserTestStep = 4;

/** Nests so deep that acorn says itself that it has not enough stack: 32 KiB are what a service has (decision 0073). */
const tooDeep = "6b5e7e125097d439.js";

/** acorn's own source, which acorn is to parse. */
export function acornParsesItself(): LibraryProgram {
  const source = packageFile("acorn/dist/acorn.js");
  const parse = `
    const tree = require("acorn").parse(source, { ecmaVersion: 2026, sourceType: "script", locations: true });
    const kinds = new Map();
    let hash = 0;
    const walk = (node) => {
      kinds.set(node.type, (kinds.get(node.type) ?? 0) + 1);
      hash = (Math.imul(hash, 31) + node.start * 7 + node.end + node.loc.end.line) | 0;
      for (const key in node) {
        const value = node[key];
        if (value !== null && typeof value === "object") for (const each of Array.isArray(value) ? value : [value]) if (typeof each?.type === "string") walk(each);
      }
    };
    walk(tree);
    show(hash, [...kinds].sort().join(" "));
  `;
  const text = [requiring({ acorn: source }), `const source = ${JSON.stringify(source)};`, parse];
  return { name: "acorn parses its own source", text: text.join("\n") };
}

/** TC39's parser tests: which files acorn takes for programs, and a hash of what it makes of them. */
export function acornPassesParserTests(): LibraryProgram {
  const files = parserTests();
  const parse = `
    const { parse } = require("acorn");
    const hashOf = (text) => {
      let hash = 0;
      for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
      return hash;
    };
    const withBigIntegers = (key, value) => (typeof value === "bigint" ? value + "n" : value instanceof RegExp ? String(value) : value);
    let unexpected = 0;
    for (const [name, sourceType, isProgram, source] of files) {
      let verdict;
      try {
        verdict = [true, hashOf(JSON.stringify(parse(source, { ecmaVersion: 2026, sourceType }), withBigIntegers))];
      } catch (error) {
        verdict = [false, error.message];
      }
      if (verdict[0] !== isProgram) unexpected++;
      show(name, verdict[0] === isProgram, verdict[1]);
    }
    show("unexpected", unexpected, "of", files.length);
  `;
  const text = [
    requiring({ acorn: packageFile("acorn/dist/acorn.js") }),
    `const files = ${JSON.stringify(files)};`,
    parse,
  ];
  return { name: "acorn reads TC39's parser tests", text: text.join("\n") };
}

/** Rational numbers of any size, with the suite that the package brings. */
export function fractionsPassTheirTests(): LibraryProgram {
  const text = [
    requiring({ "fraction.js": packageFile("fraction.js/dist/fraction.js") }),
    suite,
    `(function () {\n${packageFile("fraction.js/tests/fraction.test.js")}\n})();`,
    `show("passed", passed, "failed", failed);`,
  ];
  return { name: "fraction.js passes its tests", text: text.join("\n") };
}

/** [name, kind of source, whether it is a program, source] */
function parserTests(): readonly (readonly [string, string, boolean, string])[] {
  const root = join(packages, "test262-parser-tests");
  return ["pass", "pass-explicit", "fail", "early"].flatMap((kind) =>
    readdirSync(join(root, kind))
      .toSorted()
      .filter((file, place) => place % parserTestStep === 0 && file !== tooDeep)
      .map((file) => {
        const sourceType = file.includes(".module.") ? "module" : "script";
        const source = readFileSync(join(root, kind, file), "utf8");
        return [`${kind}/${file}`, sourceType, kind.startsWith("pass"), source] as const;
      }),
  );
}

/** `require` for these CommonJS sources and for `assert`. */
function requiring(sources: Readonly<Record<string, string>>): string {
  const functions = Object.entries(sources).map(
    ([name, source]) => `${JSON.stringify(name)}: (exports, module) => {\n${source}\n},`,
  );
  return `
    const sources = { ${functions.join("\n")} };
    const loaded = { assert: assertions() };
    const require = (name) => {
      if (name in loaded) return loaded[name];
      const module = { exports: {} };
      sources[name](module.exports, module);
      return (loaded[name] = module.exports);
    };
    function assertions() {
      // The engine's \`==\` is wrong about long strings that were put together (decision 0073), its \`===\` is right.
      const equal = (actual, expected) => {
        if (actual !== expected && actual != expected) throw new Error(actual + " is not " + expected);
      };
      const throws = (act, expected) => {
        try { act(); } catch (error) {
          if (error.message !== expected.message || error.name !== expected.name) throw new Error("throws " + error + " in place of " + expected);
          return;
        }
        throw new Error("does not throw " + expected);
      };
      return { equal, throws };
    }`;
}

/** What a test runner gives: results are shown one by one. */
const suite = `
  let passed = 0;
  let failed = 0;
  const describe = (name, act) => { show(name); act(); };
  const it = (name, act) => {
    try { act(); passed++; } catch (error) { failed++; show(name, error.message); }
  };`;

function packageFile(path: string): string {
  return readFileSync(join(packages, path), "utf8");
}
