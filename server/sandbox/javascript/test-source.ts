import {
  guestOutcomes,
  hostOperations,
  regionHeaderWords,
  regionWindowAt,
  regionWindowBytes,
} from "@kith/protocol/guest-abi";
import { packText } from "@kith/protocol/texts";

/** Actions by their names; each is the body of a function of `input` that may return bytes or a text of ASCII. */
type Actions = Readonly<Record<string, string>>;

/** A service written as no SDK would: what a hostile author can do, it can do. */
export function testSource(actions: Actions, before = ""): Uint8Array {
  return packText(`${before}
  const words = new Int32Array(kithRegion, 0, ${regionHeaderWords});
  const window = new Uint8Array(kithRegion, ${regionWindowAt}, ${regionWindowBytes});
  const operations = ${JSON.stringify(hostOperations)};
  const give = (bytes) => { window.set(bytes); words[1] = bytes.length; };
  const ask = (operation, bytes, ...more) => {
    give(bytes);
    more.forEach((word, i) => { words[2 + i] = word; });
    kithHost(operation);
    return words[0];
  };
  const bytesOf = (text) => Uint8Array.from(text, (char) => char.charCodeAt(0));
  const textOf = (bytes) => String.fromCharCode(...bytes);
  const call = (service, method) =>
    ask(operations.call, bytesOf(service + method), service.length, method.length);
  const actions = [${Object.values(actions)
    .map((body) => `(input) => { ${body} }`)
    .join(",\n")}];
  globalThis.kithGuest = {
    definition: ${JSON.stringify(definitionOf(actions))},
    serves: true,
    run() {
      const entry = words[0];
      const input = window.slice(0, words[1]);
      const output = entry === 1 ? undefined : actions[words[2]](input);
      give(output === undefined ? [] : typeof output === "string" ? bytesOf(output) : output);
      words[0] = entry === 1 ? ${guestOutcomes.none} : ${guestOutcomes.done};
    },
  };`);
}

function definitionOf(actions: Actions): string {
  const schema = {
    service: "program",
    types: {},
    actions: Object.fromEntries(Object.keys(actions).map((name) => [name, { params: "nothing" }])),
    history: {},
    merkle: {},
  };
  const types = { nothing: { Tuple: [] } };
  return JSON.stringify({
    name: "program",
    tables: [],
    schema: JSON.stringify({ ...schema, types }),
  });
}
