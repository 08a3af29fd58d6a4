import {
  guestOutcomes,
  hostOperations,
  regionHeaderWords,
  regionWindowAt,
  regionWindowBytes,
} from "@kith/protocol/guest-abi";

/** The one action that all these programs have. */
export const actionName = "run";

const u32 = { Int: { bits: 32, isSigned: false } };
const row = { Object: { key: u32, data: { List: { Int: { bits: 8, isSigned: false } } } } };
const definition: string = JSON.stringify({
  name: "program",
  tables: [{ name: "rows", rowType: "rows", indexes: [["key"]] }],
  events: [{ name: "happened", kind: "history", indexes: ["key"] }],
  schema: JSON.stringify({
    service: "program",
    types: { rows: row },
    actions: { [actionName]: { params: { Object: {} }, result: null } },
    history: { happened: row },
    merkle: {},
  }),
});

/**
 * A service whose action runs this text as the body of a function of `show` and `kith`, and gives all that it has
 * shown, or what its promise shows in the end. What it throws is shown, too. `kith.last`, where it is set, is called
 * behind all that, and nothing stands around it.
 */
export function guestProgram(text: string): string {
  return `(() => {
  const program = function (show, kith) {
${text}
  };
${frame}
  globalThis.kithGuest = { definition: ${JSON.stringify(definition)}, serves: false, run };
})();`;
}

/** Written for the interpreter. Every value has one text: signs of zero, lone surrogates and order of keys are in it. */
const frame = `
  const words = new Int32Array(kithRegion, 0, ${regionHeaderWords});
  const window = new Uint8Array(kithRegion, ${regionWindowAt}, ${regionWindowBytes});
  const host = kithHost;
  const { stringify } = JSON;
  let lines = [];
  const textOf = (value, depth) => {
    if (typeof value === "string") return stringify(value);
    if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
    if (typeof value === "bigint") return value + "n";
    if (typeof value === "symbol") return String(value);
    if (typeof value === "function") return "function " + value.name + "/" + value.length;
    if (value === null || typeof value !== "object") return String(value);
    if (depth > 4) return "...";
    if (value instanceof Error) return value.name + ": " + value.message + " at " + stringify(value.stack);
    if (value instanceof RegExp) return String(value);
    if (value instanceof Date) return "Date " + value.getTime();
    if (Array.isArray(value)) {
      const parts = [];
      for (let i = 0; i < value.length; i++) parts.push(i in value ? textOf(value[i], depth + 1) : "hole");
      return "[" + parts.join(",") + "]";
    }
    if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return value.constructor.name + "<" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") + ">";
    }
    if (value instanceof Map || value instanceof Set) return value.constructor.name + textOf([...value], depth);
    const own = Reflect.ownKeys(value).map((key) => textOf(key, 0) + ":" + textOf(value[key], depth + 1));
    return "{" + own.join(",") + "}";
  };
  const show = (...values) => void lines.push(values.map((value) => textOf(value, 0)).join(" "));
  const give = (text, outcome) => {
    for (let from = 0; ; from += window.length) {
      const piece = text.slice(from, from + window.length);
      for (let i = 0; i < piece.length; i++) window[i] = piece.charCodeAt(i);
      words[1] = piece.length;
      if (from + window.length >= text.length) break;
      host(${hostOperations.append});
    }
    words[0] = outcome;
  };
  const asAscii = (text) => text.replace(/[^\\n -~]/g, (char) => "\\\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"));
  const finish = () => give(asAscii(lines.join("\\n")), ${guestOutcomes.done});
  const kith = {
    words, window, host,
    ask(operation, input = [], ...more) {
      window.set(input);
      words[1] = input.length;
      more.forEach((word, i) => { words[2 + i] = word; });
      host(operation);
      return words[0];
    },
    call(service) {
      const names = Array.from(service + "${actionName}", (char) => char.charCodeAt(0));
      // Behind the names the packed arguments: an object without fields.
      const size = kith.ask(${hostOperations.call}, [...names, 0, 0], service.length, ${actionName.length});
      return String.fromCharCode(...window.slice(0, size < 0 ? words[1] : Math.min(size, 1000)));
    },
  };
  const run = () => {
    lines = [];
    const failed = (thrown) => { show("thrown", thrown); finish(); };
    try {
      const result = program(show, kith);
      if (result instanceof Promise) result.then(finish, failed);
      else finish();
    } catch (thrown) {
      failed(thrown);
    }
    kith.last?.();
  };
`;
