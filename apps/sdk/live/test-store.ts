import type { TextStore } from "./kept-answers.ts";

/** A storage with room for so many characters. */
export class TestStore implements TextStore {
  readonly texts: Map<string, string> = new Map();
  charsMax: number = 1_000_000;
  getItem = (name: string): string | null => this.texts.get(name) ?? null;
  removeItem = (name: string): void => void this.texts.delete(name);
  setItem = (name: string, text: string): void => {
    if (text.length > this.charsMax) throw new Error("there is no room");
    this.texts.set(name, text);
  };
}
