import { packText } from "@kith/protocol/texts";

/** The smallest source of a service that a machine takes; the mark makes it different from others, `sizeBytes` long. */
export function guestSource(mark: string, sizeBytes = 0): Uint8Array {
  const schema = { service: "x", types: {}, actions: {}, history: {}, merkle: {} };
  const definition = { name: "x", tables: [], events: [], schema: JSON.stringify(schema) };
  const text = JSON.stringify(JSON.stringify(definition));
  const source = `globalThis.kithGuest = { definition: ${text}, run() {} }; // ${mark}`;
  return packText(source.padEnd(sizeBytes, "."));
}
