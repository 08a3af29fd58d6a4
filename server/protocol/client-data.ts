import { isWellFormedUtf8, textOfUtf8 } from "./utf8.ts";

/** What a browser says that it asked the authenticator for (WebAuthn Level 2, section 5.8.1). */
export type ClientData = {
  readonly type: string;
  /** As written: base64url without padding. */
  readonly challenge: string;
  readonly origin: string;
  /** Asked from a frame whose page has another origin. */
  readonly crossOrigin: boolean;
};

/** Today's browsers write 120 to 250 bytes and a long origin. */
export const clientDataBytesMax: number = 1024;
const membersMax = 32;
const depthMax = 4;

/**
 * Reads `clientDataJSON`: one JSON object (RFC 8259) in UTF-8 without a byte order mark, in which no name stands twice.
 * Browsers add members of their own, so unknown ones are read over, whatever they hold. The scanner is this one and
 * not the runtime's, so that every node takes the same bytes for the same object.
 */
export function parseClientData(bytes: Uint8Array): ClientData | undefined {
  if (bytes.length > clientDataBytesMax || !isWellFormedUtf8(bytes, 0, bytes.length))
    return undefined;
  const scanner = new Scanner(textOfUtf8(bytes, 0, bytes.length));
  const members = new Map<string, JsonValue>();
  const isObject = scanner.object(1, (name, value) => {
    if (members.has(name) || members.size === membersMax) return false;
    members.set(name, value);
    return true;
  });
  if (!isObject || !scanner.atEnd()) return undefined;
  const [type, challenge, origin] = ["type", "challenge", "origin"].map((name) =>
    members.get(name),
  );
  const crossOrigin = members.get("crossOrigin") ?? false;
  if (typeof type !== "string" || typeof challenge !== "string") return undefined;
  if (typeof origin !== "string" || typeof crossOrigin !== "boolean") return undefined;
  return { type, challenge, origin, crossOrigin };
}

/** Texts and truth values; everything else is read over. */
type JsonValue = string | boolean | typeof other;
const other = Symbol("another value");

const blank = /[ \t\n\r]*/y;
// eslint-disable-next-line no-control-regex -- RFC 8259 section 7 excludes exactly these.
const text = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(source: string) {
    this.#text = source;
  }

  /** True behind a whole object all of whose members were taken. */
  object(depth: number, take: (name: string, value: JsonValue) => boolean): boolean {
    return this.#list("{", "}", () => {
      const name = this.#string();
      if (name === undefined || !this.#mark(":")) return false;
      const value = this.#value(depth);
      return value !== undefined && take(name, value);
    });
  }

  atEnd(): boolean {
    return this.#match(blank) !== undefined && this.#at === this.#text.length;
  }

  #value(depth: number): JsonValue | undefined {
    this.#match(blank);
    const first = this.#text[this.#at];
    if (first === '"') return this.#string();
    if (first === "{" || first === "[") {
      if (depth === depthMax) return undefined;
      const whole = first === "{" ? this.object(depth + 1, () => true) : this.#array(depth + 1);
      return whole ? other : undefined;
    }
    const word = this.#match(scalar);
    if (word === "true" || word === "false") return word === "true";
    return word === undefined ? undefined : other;
  }

  #array(depth: number): boolean {
    return this.#list("[", "]", () => this.#value(depth) !== undefined);
  }

  #list(open: string, close: string, item: () => boolean): boolean {
    if (!this.#mark(open)) return false;
    if (this.#mark(close)) return true;
    do {
      if (!item()) return false;
    } while (this.#mark(","));
    return this.#mark(close);
  }

  #string(): string | undefined {
    this.#match(blank);
    const quoted = this.#match(text);
    if (quoted === undefined) return undefined;
    const unquoted: unknown = JSON.parse(quoted);
    return typeof unquoted === "string" ? unquoted : undefined;
  }

  #mark(char: string): boolean {
    this.#match(blank);
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
