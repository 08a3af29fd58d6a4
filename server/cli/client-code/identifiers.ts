/** Names that generated code gives, each once. */
export class Identifiers {
  private readonly taken: Set<string>;

  constructor(reserved: Iterable<string>) {
    this.taken = new Set(reserved);
  }

  /** `wanted`, or with the first number behind it that is free; in the order of asking, so the same every time. */
  take(wanted: string): string {
    let free = wanted;
    for (let number = 2; this.taken.has(free); number++) free = `${wanted}${number}`;
    this.taken.add(free);
    return free;
  }
}

/** Longer ones would not fit a line of code with what stands around them. */
const typeNameCharsMax = 32;

/** `auth-sig` is AuthSig, `2048` is Type2048; what no identifier has is left out. */
export function typeNameOf(...parts: readonly string[]): string {
  const words = parts.flatMap((part) => part.match(/[A-Za-z0-9]+/g) ?? []);
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  const safe = /^[A-Za-z]/.test(name) ? name : `Type${name}`;
  return safe.slice(0, typeNameCharsMax);
}

export function valueNameOf(typeName: string): string {
  return typeName.charAt(0).toLowerCase() + typeName.slice(1);
}

/** A name of a property: as it is where JavaScript allows that, else quoted. */
export function propertyName(name: string): string {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : literalOf(name);
}

/** A text as code, in the quotes that need fewer escapes. */
export function literalOf(text: string): string {
  const quoted = JSON.stringify(text);
  const [doubles, singles] = ['"', "'"].map((quote) => text.split(quote).length);
  if (doubles === undefined || singles === undefined || doubles <= singles) return quoted;
  const inner = quoted.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}
