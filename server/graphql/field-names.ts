/**
 * A name of one scope, made into a GraphQL name (GraphQL specification, section 2.1.9). What is no letter, digit or `_`
 * becomes `_`; a digit in front gets a `_` before it; two `_` in front, which GraphQL keeps for itself, become one. A name
 * that is taken gets `_2`, `_3` and so on, in the order of declaration, so that adding something behind changes no name.
 */
export class NameScope {
  private readonly taken: Set<string>;

  constructor(reserved: Iterable<string> = []) {
    this.taken = new Set(reserved);
  }

  take(wanted: string): string {
    const name = graphqlName(wanted);
    let free = name;
    for (let number = 2; this.taken.has(free); number++) free = `${name}_${number}`;
    this.taken.add(free);
    return free;
  }
}

export function graphqlName(text: string): string {
  const legal = text.replaceAll(/[^_0-9A-Za-z]/g, "_").replace(/^_{2,}/, "_");
  return legal === "" || /^[0-9]/.test(legal) ? `_${legal}` : legal;
}

/** How types are called: the first letter is a capital one. */
export function typeNameOf(text: string): string {
  const name = graphqlName(text);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
