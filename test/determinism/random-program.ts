import { nextBelow, seedRandom, type RandomState } from "@kith/protocol/random";

import { calls, literals, operators } from "./random-words.ts";

const statementsMin = 12;
const statementsSpread = 20;
const expressionDepthMax = 3;
const blockDepthMax = 2;

/** A small program that a seed alone decides: it ends, and shows what became of all its variables. */
export function randomProgram(seed: number): string {
  return new ProgramWriter(seedRandom(seed)).write();
}

class ProgramWriter {
  readonly #random: RandomState;
  /** Names that can be read where the writer is. */
  #names: string[] = ["show"];
  #made = 0;
  #blockDepth = 0;
  #expressionDepth = 0;

  constructor(random: RandomState) {
    this.#random = random;
  }

  write(): string {
    const count = statementsMin + this.#below(statementsSpread);
    const lines = [
      "let steps = 0;",
      "const bounded = () => { if (++steps > 300) throw new RangeError('enough steps'); return true; };",
      "const attempt = (name, act) => { try { show(name, act()); } catch (error) { show(name, 'throws', error); } };",
    ];
    for (let i = 0; i < count; i++) {
      if (this.#below(3) === 0) lines.push(this.#declaration());
      else
        lines.push(`attempt(${i}, () => { ${this.#statement()} return ${this.#expression()}; });`);
    }
    for (const name of this.#names.slice(1)) lines.push(`attempt("${name}", () => ${name});`);
    return lines.join("\n");
  }

  #declaration(): string {
    const value = this.#expression();
    const name = this.#newName();
    const kind = this.#below(5);
    if (kind === 0)
      return `function ${name}(a, b = ${value}, ...c) { ${this.#inside(["a", "b", "c"])} }`;
    if (kind === 1) {
      return `var ${name} = (() => { try { return [${value}].map((${name}x) => ${name}x); } catch (error) { return error.name; } })();`;
    }
    return `var ${name} = (() => { try { return ${value}; } catch (error) { return String(error); } })();`;
  }

  /** Statements with these names, the last of which returns. */
  #inside(names: readonly string[]): string {
    const before = this.#names;
    this.#names = [...before, ...names];
    const text = `bounded(); ${this.#statement()} return ${this.#expression()};`;
    this.#names = before;
    return text;
  }

  #statement(): string {
    if (this.#blockDepth >= blockDepthMax) return `${this.#expression()};`;
    this.#blockDepth++;
    const text = this.#block();
    this.#blockDepth--;
    return text;
  }

  #block(): string {
    const one = (): string => this.#statement();
    const value = (): string => this.#expression();
    switch (this.#below(12)) {
      case 0:
        return `if (${value()}) { ${one()} } else { ${one()} }`;
      case 1:
        return this.#with(
          "i",
          (i) => `for (let ${i} = 0; ${i} < ${this.#below(9)} && bounded(); ${i}++) { ${one()} }`,
        );
      case 2:
        return this.#with(
          "e",
          (e) => `for (const ${e} of [${value()}, ${value()}].flat()) { bounded(); ${one()} }`,
        );
      case 3:
        return this.#with(
          "k",
          (k) =>
            `for (const ${k} in Object(${value()})) { bounded(); if (${k}.length > 3) break; ${one()} }`,
        );
      case 4:
        return this.#with(
          "error",
          (error) => `try { ${one()} } catch (${error}) { ${one()} } finally { ${value()}; }`,
        );
      case 5:
        return `switch (${value()}) { case ${value()}: { ${one()} } default: { ${one()} } break; case ${value()}: { ${one()} } }`;
      case 6:
        return `{ const [p, q = ${value()}, ...r] = [${value()}, ${value()}, ${value()}]; show(p, q, r); }`;
      case 7:
        return `{ const { length, a: s = ${value()}, ...t } = Object(${value()}); show(length, s, t); }`;
      case 8:
        return `class C { #p = ${value()}; static s = ${value()}; get p() { return this.#p; } m(a) { bounded(); return a ?? this.p; } } show(new C().p, C.s, new C().m(${value()}));`;
      case 9:
        return `{ function* g() { yield ${value()}; yield* [${value()}]; } show([...g()]); }`;
      case 10:
        return `if (${value()}) throw ${value()};`;
      default:
        return `${this.#target()} = ${value()};`;
    }
  }

  #target(): string {
    const name = this.#pick(this.#names);
    if (name === "show") return "globalThis.kept";
    return this.#below(2) === 0 ? name : `Object(${name})[${this.#expression()}]`;
  }

  #expression(): string {
    if (this.#expressionDepth >= expressionDepthMax - this.#blockDepth / 2) return this.#atom();
    this.#expressionDepth++;
    const text = this.#compound();
    this.#expressionDepth--;
    return text;
  }

  #compound(): string {
    const value = (): string => this.#expression();
    switch (this.#below(14)) {
      case 0:
      case 1:
        return this.#atom();
      case 2:
      case 3:
        return `(${value()} ${this.#pick(operators.binary)} ${value()})`;
      case 4:
        return `(${this.#pick(operators.unary)} (${value()}))`;
      case 5:
        return `(${value()} ? ${value()} : ${value()})`;
      case 6:
        return `[${value()}, ${value()}, ...[${value()}]]`;
      case 7:
        return `({ a: ${value()}, [${value()}]: ${value()}, get g() { return ${value()}; } })`;
      case 8:
        return `\`<\${${value()}}|\${${value()}}>\``;
      case 9:
        return `(${value()})?.[${value()}]`;
      case 10:
        return this.#with("x", (x) => `((${x}, y = 1) => { bounded(); return ${value()}; })`);
      default:
        return this.#call();
    }
  }

  /** A built-in function: `$` in its words is an expression, `#` a function of one argument. */
  #call(): string {
    return this.#pick(calls).replaceAll(/[$#]/g, (mark) =>
      mark === "$"
        ? this.#expression()
        : this.#with("f", (f) => `((${f}) => { bounded(); return ${this.#expression()}; })`),
    );
  }

  #atom(): string {
    const places = this.#names.length - 1;
    if (places > 0 && this.#below(2) === 0) return this.#names[1 + this.#below(places)] ?? "0";
    return this.#pick(literals);
  }

  /** Text in which one more name can be read. */
  #with(prefix: string, write: (name: string) => string): string {
    const name = `${prefix}${this.#made++}`;
    const before = this.#names;
    this.#names = [...before, name];
    const text = write(name);
    this.#names = before;
    return text;
  }

  #newName(): string {
    const name = `v${this.#made++}`;
    this.#names.push(name);
    return name;
  }

  #pick(from: readonly string[]): string {
    return from[this.#below(from.length)] ?? "0";
  }

  #below(count: number): number {
    return nextBelow(this.#random, count);
  }
}
