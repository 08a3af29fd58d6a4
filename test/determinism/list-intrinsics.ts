import { guestProgram } from "./guest-program.ts";
import { runJob } from "./run-job.ts";

const fuel = 10_000_000_000;

/**
 * Walks over everything that can be reached from a service's global object and from what syntax makes, and tells each
 * property once: where it is, what it is, how many parameters it takes, and what may be done with it.
 */
export function listIntrinsics(): readonly string[] {
  const job = { name: "intrinsics", source: guestProgram(walk), fuel };
  const [outcome] = runJob(job).outcomes;
  if (outcome?.code !== "done")
    throw new Error(`the walk ended with ${outcome?.code ?? "nothing"}`);
  return outcome.text.split("\n").map((line) => String(JSON.parse(line)));
}

/** Strings and numbers are told with their values; the rest by kind. A `Map` of what was seen makes the walk end. */
const walk = `
  const names = new Map([[globalThis, "globalThis"]]);
  const lines = [];
  const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
  const textOf = (key) => (typeof key === "symbol" ? "[" + key.description + "]" : key);
  const kindOf = (value) => {
    if (typeof value === "function") return "function/" + value.length;
    if (isObject(value)) return Object.prototype.toString.call(value);
    return typeof value === "symbol" ? String(value) : JSON.stringify(value) ?? String(value);
  };
  const isUsual = (object, key, value) =>
    typeof object === "function" && (key === "length" || (key === "name" && typeof value === "string"));
  const visit = (object, path) => {
    const prototype = Object.getPrototypeOf(object);
    if (!(typeof object === "function" && prototype === Function.prototype)) tell(path + ".__proto__", prototype, "");
    for (const key of Reflect.ownKeys(object).sort((a, b) => (String(a) < String(b) ? -1 : 1))) {
      const property = Object.getOwnPropertyDescriptor(object, key);
      const flags = (property.writable ? "w" : "") + (property.enumerable ? "e" : "") + (property.configurable ? "c" : "");
      const at = path + "." + textOf(key);
      if (isUsual(object, key, property.value) || key === "stack") continue;
      if ("value" in property) tell(at, property.value, flags);
      if (property.get) tell(at + "(get)", property.get, flags);
      if (property.set) tell(at + "(set)", property.set, flags);
    }
  };
  const tell = (path, value, flags) => {
    const known = isObject(value) ? names.get(value) : undefined;
    lines.push([path, flags, known !== undefined && known !== path ? "is " + known : kindOf(value)].filter(Boolean).join(" "));
    if (!isObject(value) || (known !== undefined && known !== path)) return;
    if (known === undefined) names.set(value, path);
    visit(value, path);
  };
  delete globalThis.kithGuest;
  // The short names first: those of globals, and of their prototypes.
  for (const name of Object.getOwnPropertyNames(globalThis).sort()) {
    const value = globalThis[name];
    if (!isObject(value) || names.has(value)) continue;
    names.set(value, "globalThis." + name);
    if (isObject(value.prototype) && !names.has(value.prototype)) names.set(value.prototype, "globalThis." + name + ".prototype");
  }
  visit(globalThis, "globalThis");
  const made = {
    "a generator": (function* () {})(), "an async generator": (async function* () {})(), "an async function": async () => {},
    "arguments": (function () { return arguments; })(), "strict arguments": (function () { "use strict"; return arguments; })(),
    "an array iterator": [][Symbol.iterator](), "a string iterator": ""[Symbol.iterator](), "a map iterator": new Map()[Symbol.iterator](),
    "a set iterator": new Set()[Symbol.iterator](), "a match iterator": "".matchAll(/a/g), "an iterator helper": [].values().map((x) => x),
    "a wrapped iterator": Iterator.from({ next() {} }), "a regular expression": /a/, "a class": class {}, "an error": new Error("e"), "a promise": Promise.resolve(),
  };
  for (const [name, value] of Object.entries(made)) tell(name, value, "");
  for (const line of lines) show(line);
`;
