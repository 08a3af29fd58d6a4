import type { RowPart } from "@kith/protocol/http-message";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceDefinition, TableReader } from "@kith/protocol/service-abi";

import { replyBytesMax } from "./limits.ts";
import { bytesFieldOf } from "./row-field.ts";

export type PartsFault = { readonly code: string; readonly message: string };

/** Puts together what a reply takes from the service's own rows, so that large content never passes the sandbox. */
export function readParts(
  definition: ServiceDefinition,
  rows: TableReader,
  parts: readonly RowPart[],
): Result<Uint8Array, PartsFault> {
  const read: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const { table, key, field } of parts) {
    const row = rows.get(table, key);
    if (row === undefined) return fault("a row that is not there");
    const bytes = bytesFieldOf(definition, table, field)?.(row);
    if (bytes === undefined)
      return fault(`field ${field} of table ${table}, which is no byte string`);
    sizeBytes += bytes.length;
    if (sizeBytes > replyBytesMax) {
      return err({
        code: "reply-too-long",
        message: `an answer has at most ${replyBytesMax} bytes`,
      });
    }
    read.push(bytes);
  }
  const [only] = read;
  if (read.length === 1 && only !== undefined) return ok(only);
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const bytes of read) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return ok(whole);
}

function fault(what: string): Result<never, PartsFault> {
  return err({ code: "reply-malformed", message: `the answer is made of ${what}` });
}
