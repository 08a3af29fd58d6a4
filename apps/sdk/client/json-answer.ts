import { unpackText } from "@kith/protocol/texts";

/** The node does not take it: expired, not authorized, over quota, unknown; `reason` is the node's code. */
export type Refusal = {
  readonly code: "refused";
  readonly status: number;
  readonly reason: string;
  readonly message: string;
};

/** Undefined when the bytes are no JSON in UTF-8. */
export function jsonOf(body: Uint8Array): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(unpackText(body) ?? "");
    return { value };
  } catch {
    return undefined;
  }
}

/** Every error of a node or a service is JSON with a code and a message; undefined for what is none. */
export function refusalIn(status: number, json: unknown): Refusal | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const code: unknown = Reflect.get(json, "code");
  const reason: unknown = Reflect.get(json, "reason") ?? code;
  const message: unknown = Reflect.get(json, "message");
  if (typeof reason !== "string" || typeof message !== "string") return undefined;
  return { code: "refused", status, reason, message };
}
