import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** For tests: folders that are gone when the test is. */
export class TestFolders {
  readonly root: string = mkdtempSync(join(tmpdir(), "kith-front-end-"));
  #made = 0;

  make(files: Files, name = `site-${this.#made++}`): string {
    const folder = join(this.root, name);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return folder;
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
