import assert from "node:assert/strict";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

import { unpackText } from "@kith/protocol/texts";
import { isHashedName } from "@kith/sdk/hashed-name";

import { buildFrontEnd } from "./build-front-end.ts";
import type { FrontEndError } from "./front-end-error.ts";
import { TestFolders, type Files } from "./test-folders.ts";

const folders = new TestFolders();
after(() => folders.remove());

const page = (head: string): string =>
  `<!doctype html>\n<html>\n<head>\n${head}\n</head>\n<body></body>\n</html>\n`;

const app: Files = {
  "index.html": page(
    '<link rel="icon" href="/icon.svg" />\n<script type="module" src="/main.tsx"></script>',
  ),
  "main.tsx": `
    import { render } from "preact";
    import { List } from "./list.tsx";
    import "./main.css";
    render(<List items={["a"]} />, document.body);
    void import("./later.tsx").then(({ Later }) => render(<Later />, document.body));
  `,
  "list.tsx": `
    export function List({ items }: { items: string[] }) {
      return <ul class="flex p-4 dark:hidden">{items.map((item) => <li>{item}</li>)}</ul>;
    }
  `,
  "later.tsx": `
    import { List } from "./list.tsx";
    export function Later() { return <div class="mt-[7px]"><List items={["loaded later"]} /></div>; }
  `,
  "main.css": `@import "tailwindcss";\n@theme { --color-bamboo: #2f7d5b; }\n.brand { @apply text-bamboo; }\n`,
  "icon.svg": "<svg></svg>",
  "robots.txt": "User-agent: *",
  "list.test.ts": "throw new Error();",
  "tsconfig.json": "{}",
};

test("a page's modules and styles become files with names by their content, and the page names those", async () => {
  const site = await built(app);
  const paths = [...site.keys()].map((path) => path.replace(/-[0-9a-f]{12,}\./, "-HASH."));
  assert.deepEqual(paths, [
    "/assets/chunk-HASH.js",
    "/assets/later-HASH.js",
    "/assets/main-HASH.css",
    "/assets/main-HASH.js",
    "/icon.svg",
    "/index.html",
    "/robots.txt",
  ]);
  for (const path of site.keys()) assert.equal(isHashedName(path), path.startsWith("/assets/"));
  const html = site.get("/index.html") ?? "";
  const [script] = find(site, /main-.*\.js$/);
  const [style] = find(site, /main-.*\.css$/);
  const [chunk] = find(site, /chunk-/);
  assert.equal(
    html,
    page(
      `<link rel="icon" href="/icon.svg" />\n<script type="module" src="${script}"></script>\n` +
        `<link rel="stylesheet" href="${style}" /><link rel="modulepreload" href="${chunk}" />`,
    ).replace("/>\n</head>", "/></head>"),
  );
  for (const text of site.values()) assert.ok(!text.includes(".tsx"), text);
});

test("what is imported later is a file of its own, and what both need is there once", async () => {
  const site = await built(app);
  const [, main] = find(site, /main-.*\.js$/);
  const [laterPath, later] = find(site, /later-/);
  const [chunkPath, chunk] = find(site, /chunk-/);
  assert.ok(main.includes(`import("${laterPath}")`));
  assert.ok(main.includes(`from"${chunkPath}"`) && later.includes(`from"${chunkPath}"`));
  assert.ok(later.includes("loaded later") && !main.includes("loaded later"));
  assert.equal([main, later, chunk].filter((text) => text.includes("dark:hidden")).length, 1);
});

test("of Tailwind's classes those are made that sources and pages use", async () => {
  const site = await built({
    ...app,
    "index.html": String(app["index.html"]).replace("<body>", '<body class="bg-[teal]">'),
  });
  const [, css] = find(site, /\.css$/);
  const expected = [".flex{", ".p-4{", ".mt-\\[7px\\]{", ".bg-\\[teal\\]{", "#2f7d5b", ".brand{"];
  for (const part of expected) assert.ok(css.includes(part), part);
  assert.ok(css.includes("prefers-color-scheme"), "dark:hidden");
  assert.ok(!css.includes("@import") && !css.includes("@apply") && !css.includes("@theme"));
  assert.ok(!css.includes(".grid{") && !css.includes("\n\n"), "nothing else, and minified");
});

test("a style that is imported as an object is in the script that imports it, and in no page", async () => {
  const site = await built({
    ...app,
    "later.tsx": `
      import sheet from "./later.css" with { type: "css" };
      export function Later() {
        document.adoptedStyleSheets = [sheet];
        return <div class="mt-[7px]" />;
      }
    `,
    "later.css": '@import "tailwindcss/utilities";\n.later { color: red; }',
  });
  const [, later] = find(site, /later-.*\.js$/);
  const [, style] = find(site, /\.css$/);
  assert.ok(later.includes("new CSSStyleSheet") && later.includes(".mt-"), later);
  assert.ok(later.includes(".later{color:red}") && !style.includes(".later"), "minified, alone");
  const plain = await built({
    ...app,
    "later.tsx":
      'import sheet from "./later.css" with { type: "css" };\nexport const Later = () => sheet;',
    "later.css": ".later { color: red; }",
  });
  assert.ok(find(plain, /later-.*\.js$/)[1].includes(".later{color:red}"));
});

test("styles may name folders with more classes, and extensions of Tailwind", async () => {
  const site = await built({
    "index.html": page('<link rel="stylesheet" href="/main.css">'),
    "main.css":
      '@import "tailwindcss/utilities" source(none);\n@source "./more";\n@plugin "./extension.mjs";',
    "more/texts.txt": "underline brand",
    "extension.mjs":
      "export default ({ addUtilities }) => addUtilities({ '.brand': { order: 7 } });",
  });
  const [, css] = find(site, /\.css$/);
  assert.ok(css.includes(".underline{") && css.includes(".brand{order:7}"), css);
});

test("a style that a page links is built where it needs to be, and left alone where it does not", async () => {
  const head = '<link rel="stylesheet" href="look.css"><link rel="stylesheet" href="/plain.css">';
  const site = await built({
    "index.html": page(head),
    "look.css": '@import "./theme.css";\n@import "tailwindcss/utilities";\nbody { color: red; }',
    "theme.css": "@theme { --spacing: 4px; } .logo { background: url(./logo.svg); }",
    "logo.svg": "<svg/>",
    "plain.css": '@import "./other.css"; .x { background: url(/bg.png); }',
    "other.css": "p { margin: 0; }",
    "bg.png": "png",
  });
  const [path, css] = find(site, /look-/);
  const [logo] = find(site, /logo-/);
  assert.ok(css.includes(`url("${logo}")`), css);
  assert.ok(
    (site.get("/index.html") ?? "").includes(
      `href="${path}"><link rel="stylesheet" href="/plain.css">`,
    ),
  );
  assert.ok(site.has("/plain.css") && site.has("/other.css") && site.has("/bg.png"));
  assert.ok(!site.has("/look.css") && !site.has("/theme.css"));
});

test("a front-end that needs no build is as it was, to the byte", async () => {
  const files = {
    "index.html": page("<script>inline()</script><script src=/a.js></script>"),
    "a.js": "  const  x = 1;\n",
    "a.css": '@import "./b.css";  p { color: red }',
    "notes.ts": "left as it is",
  };
  const site = await built(files);
  assert.deepEqual(Object.fromEntries(site), prefixed(files));
});

test("the same sources give the same bytes, wherever they and the libraries are", async () => {
  const first = folders.make(app);
  const second = join(folders.root, "elsewhere", "deeper", "app");
  cpSync(first, second, { recursive: true });
  // Libraries of its own, at other paths than the tool's.
  const modules = join(second, "../node_modules");
  mkdirSync(modules);
  for (const name of ["preact", "tailwindcss"]) {
    const library = join(import.meta.dirname, "../node_modules", name);
    symlinkSync(library, join(modules, name));
  }
  assert.deepEqual(await buildOf(second), await buildOf(first));
});

test("the order in which pages name sources does not matter to what is built", async () => {
  const a = '<script type="module" src="/a.ts"></script>';
  const b = '<script type="module" src="/b.ts"></script>';
  const sources = {
    "a.ts": 'import { x } from "./shared.ts"; console.log("a", x);',
    "b.ts": 'import { x } from "./shared.ts"; console.log("b", x);',
    "shared.ts": "export const x = Math.random();",
  };
  const one = await assetsOf({ ...sources, "1.html": page(a + b), "2.html": page(b) });
  const two = await assetsOf({ ...sources, "1.html": page(b), "2.html": page(b + a) });
  assert.equal(one.length, 3);
  assert.deepEqual(one, two);
});

test("workers, and all that they start, become scripts of their own without imports", async () => {
  const site = await built({
    "index.html": page('<script type="module" src="/main.ts"></script>'),
    "main.ts": `
      export const start = () => [
        new Worker(new URL("./work/worker.ts", import.meta.url), { type: "module" }),
        new URL("./kept.js", import.meta.url),
      ];
      console.log(start());`,
    "kept.js": "kept",
    "work/worker.ts": `
      import engine from "../engine.wasm";
      export const forTests = 1;
      const inner = new Worker(new URL("./inner.ts", import.meta.url));
      void import("../later.ts").then(({ later }) => postMessage([engine, later, inner]));`,
    "work/inner.ts": 'postMessage("inner");',
    "later.ts": 'export const later = "bundled in";',
    "engine.wasm": Uint8Array.of(0, 97, 115, 109, 255),
  });
  const [workerPath, worker] = find(site, /worker-/);
  const [innerPath] = find(site, /inner-/);
  const [enginePath] = find(site, /engine-.*\.wasm$/);
  const [, main] = find(site, /main-/);
  assert.ok(main.includes(`new URL("${workerPath}",import.meta.url)`), main);
  assert.ok(main.includes('new URL("./kept.js",import.meta.url)') && site.has("/kept.js"));
  assert.ok(worker.includes(`new URL("${innerPath}",location.href)`), worker);
  assert.ok(worker.includes(enginePath) && worker.includes("bundled in"));
  assert.ok(!/\bexport\b|\bimport\b/.test(worker), worker);
  assert.ok(!site.has("/engine.wasm"));
});

test("entries keep their names, know the other files, and stay modules only where they export", async () => {
  const files = {
    ...app,
    "service-worker.ts": `
      import { files } from "kith:files";
      self.addEventListener("install", () => console.log(files));`,
    "lib/connect.ts": "export const connect = (): string => 'connected';",
  };
  const entries = ["service-worker.ts", "lib/connect.ts"];
  const site = await built(files, entries);
  const worker = site.get("/service-worker.js") ?? "";
  assert.match(worker, /^\(\(\)=>\{/);
  const listed = [...worker.matchAll(/path:"([^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual(
    listed,
    [...site.keys()].filter(
      (path) => !path.endsWith("connect.js") && path !== "/service-worker.js",
    ),
  );
  assert.match(site.get("/lib/connect.js") ?? "", /export\{\w+ as connect\}/);
  const changed = await built({ ...files, "robots.txt": "User-agent: other" }, entries);
  assert.notEqual(changed.get("/service-worker.js"), worker);
});

test("mistakes in sources and styles are told with file and line", async () => {
  const main = '<script type="module" src="/main.ts"></script>';
  const cases: readonly (readonly [Files, RegExp])[] = [
    [{ "main.ts": "let x = ;" }, /main\.ts:1:8/],
    [{ "main.ts": 'import "./list.ts";', "list.ts": "\n\nlet = 1 +" }, /list\.ts:3:9/],
    [{ "main.ts": 'import { a } from "nowhere";\na();' }, /main\.ts:1:18[\s\S]*nowhere/],
    [
      {
        "main.ts": 'import "./a.css";',
        "a.css": '@import "tailwindcss";\n\np { @apply no-such; }',
      },
      /no-such[\s\S]*a\.css:3:11/,
    ],
    [{ "main.ts": 'import "./a.css";', "a.css": "p { color: red;\n} }" }, /a\.css:2:2/],
    [
      { "main.ts": 'import "./a.css";', "a.css": '\n@import "tailwindcss/nothing";' },
      /nothing[\s\S]*a\.css:2:9/,
    ],
    [
      { "main.ts": '\nnew Worker(new URL("./gone.ts", import.meta.url));' },
      /no gone\.ts[\s\S]*main\.ts:2:11/,
    ],
    [
      {
        "main.ts": 'new Worker(new URL("./w.ts", import.meta.url));',
        "w.ts": "\nlet x = ;",
      },
      /w\.ts:2:8/,
    ],
    [
      {
        "main.ts": 'new Worker(new URL("./w.ts", import.meta.url));',
        "w.ts": 'new Worker(new URL("./w.ts", import.meta.url));',
      },
      /w\.ts starts itself[\s\S]*w\.ts:1:11/,
    ],
  ];
  for (const [files, message] of cases) {
    const error = await refusal({ "index.html": page(main), ...files });
    assert.ok(error?.code === "bundle-failed", JSON.stringify(error));
    assert.match(error.messages, message);
    assert.doesNotMatch(error.messages, new RegExp(folders.root), "paths are the author's");
  }
});

test("mistakes in pages are told with their line", async () => {
  const loaded = '\n<script type="module" src="/main.ts"></script>';
  const cases = [
    [loaded, "page-target-missing", 5, {}],
    ['\n\n<script src="/main.ts"></script>', "page-script-classic", 6, { "main.ts": "" }],
    [`${loaded}\n<script>alert(1)</script>`, "page-script-inline", 6, { "main.ts": "" }],
  ] as const;
  for (const [head, code, line, files] of cases) {
    const error = await refusal({ "index.html": page(head), ...files });
    assert.ok(error !== undefined && "line" in error, JSON.stringify(error));
    assert.deepEqual([error.code, error.page, error.line], [code, "/index.html", line]);
  }
});

test("data in a page is no script, and other hosts' files are theirs", async () => {
  const head = [
    '<script type="application/json">{"a":1}</script>',
    '<script type="module" src="/main.ts"></script>',
    '<script type="module" src="https://example.com/x.ts"></script>',
    '<link rel="stylesheet" href="//example.com/x.css">',
  ].join("");
  const site = await built({ "index.html": page(head), "main.ts": "console.log(1);" });
  const html = site.get("/index.html") ?? "";
  assert.ok(html.includes('{"a":1}') && html.includes('"https://example.com/x.ts"'));
});

test("two files at one path, an entry that is not there, and sources of another tool are refused", async () => {
  const main = {
    "index.html": page('<script type="module" src="/main.ts"></script>'),
    "main.ts": "",
  };
  const worker = { ...main, "sw.ts": "1;", "sw.js": "2;" };
  assert.equal((await refusal(worker, ["sw.ts"]))?.code, "path-built-twice");
  assert.equal((await refusal(main, ["gone.ts"]))?.code, "source-missing");
  assert.equal((await refusal({ ...main, "vite.config.ts": "" }))?.code, "front-end-not-built");
  const unloaded = { "index.html": page(""), "main.ts": "" };
  assert.equal((await refusal(unloaded))?.code, "front-end-not-built");
});

test("entries need no page", async () => {
  const site = await built({ "index.html": page(""), "sw.ts": "self.skipWaiting();" }, ["sw.ts"]);
  assert.deepEqual([...site.keys()], ["/index.html", "/sw.js"]);
});

test("what a page names and a module imports is there under both paths", async () => {
  const site = await built({
    "index.html": page(
      '<link rel="icon" href="/icon.svg"><script type="module" src="/main.ts"></script>',
    ),
    "main.ts":
      'import icon from "/icon.svg"; import other from "./other.svg"; console.log(icon, other);',
    "icon.svg": "<svg>1</svg>",
    "other.svg": "<svg>2</svg>",
  });
  assert.deepEqual(
    [...site.keys()].map((path) => path.replace(/-[0-9a-f]{12,}\./, "-HASH.")),
    [
      "/assets/icon-HASH.svg",
      "/assets/main-HASH.js",
      "/assets/other-HASH.svg",
      "/icon.svg",
      "/index.html",
    ],
  );
});

test("a page has one Preact, also where a library brings its own", async () => {
  const folder = folders.make({
    "app/index.html": page('<script type="module" src="/main.ts"></script>'),
    "app/main.ts": 'import "library"; import { h } from "preact"; console.log(h);',
    "app/node_modules/preact/package.json":
      '{"name":"preact","main":"index.js","sideEffects":true}',
    "app/node_modules/preact/index.js": 'export const h = "the one of the app";',
    "library/index.js": 'import { h } from "preact"; console.log(h);',
    "library/package.json": '{"name":"library","main":"index.js"}',
    "library/node_modules/preact/package.json": '{"name":"preact","main":"index.js"}',
    "library/node_modules/preact/index.js": 'export const h = "the one of the library";',
  });
  symlinkSync(join(folder, "library"), join(folder, "app/node_modules/library"));
  const site = await buildOf(join(folder, "app"));
  const [, main] = find(site, /main-/);
  assert.ok(main.includes("the one of the app") && !main.includes("the one of the library"));
});

async function assetsOf(files: Files): Promise<readonly (readonly [string, string])[]> {
  return [...(await built(files))].filter(([path]) => path.startsWith("/assets/"));
}

async function built(files: Files, entries: readonly string[] = []) {
  return buildOf(folders.make(files), entries);
}

async function buildOf(folder: string, entries: readonly string[] = []) {
  const site = await buildFrontEnd({ folder, entries });
  assert.ok(site.ok, JSON.stringify(site));
  return new Map(site.value.map(({ path, content }) => [path, unpackText(content) ?? ""]));
}

async function refusal(
  files: Files,
  entries: readonly string[] = [],
): Promise<FrontEndError | undefined> {
  const site = await buildFrontEnd({ folder: folders.make(files), entries });
  return site.ok ? undefined : site.error;
}

function find(site: ReadonlyMap<string, string>, pattern: RegExp): readonly [string, string] {
  const found = [...site].find(([path]) => pattern.test(path));
  assert.ok(found !== undefined, `nothing like ${pattern} in ${[...site.keys()].join(" ")}`);
  return found;
}

function prefixed(files: Files): Record<string, unknown> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`/${path}`, content]));
}
