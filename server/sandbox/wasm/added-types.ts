import type { FunctionType, Module } from "./module.ts";
import { emptyBlockType } from "./value-types.ts";

/** The module's types, and behind them those that only the pass needs. */
export class AddedTypes {
  readonly added: FunctionType[] = [];
  private readonly indexByForm = new Map<string, number>();
  private readonly firstIndex: number;

  constructor(module: Module) {
    this.firstIndex = module.types.length;
    for (const [index, type] of module.types.entries()) {
      const form = formOf(type);
      if (!this.indexByForm.has(form)) this.indexByForm.set(form, index);
    }
  }

  indexOf(type: FunctionType): number {
    const form = formOf(type);
    const known = this.indexByForm.get(form);
    if (known !== undefined) return known;
    const index = this.firstIndex + this.added.length;
    this.added.push(type);
    this.indexByForm.set(form, index);
    return index;
  }

  /** A block's type that takes nothing and yields these (section 5.4.1). */
  blockTypeOf(results: Uint8Array): BlockType {
    const [first] = results;
    if (first === undefined) return { short: emptyBlockType };
    if (results.length === 1) return { short: first };
    return { index: this.indexOf({ params: new Uint8Array(0), results }) };
  }
}

/** One byte, or an index that is written as a signed integer. */
export type BlockType = { readonly short: number } | { readonly index: number };

/** Types of the same form are the same to an indirect call (section 4.4.8). */
export function formOf({ params, results }: FunctionType): string {
  return `${params.join()}:${results.join()}`;
}
