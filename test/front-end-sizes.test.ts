import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { brotliCompressSync } from "node:zlib";

import { buildFrontEnd } from "@kith/packaging/build-front-end";

/** Within the repository, so that the workspace's packages are found as an app finds them. */
const root = mkdtempSync(join(import.meta.dirname, ".front-end-"));
after(() => rmSync(root, { recursive: true }));

let folders = 0;

async function scriptOf(
  main: string,
): Promise<{ readonly sizeBytes: number; readonly text: string }> {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  writeFileSync(join(folder, "index.html"), '<script type="module" src="/main.tsx"></script>');
  writeFileSync(join(folder, "main.tsx"), main);
  const site = await buildFrontEnd({ folder, entries: [] });
  assert.ok(site.ok, JSON.stringify(site));
  const scripts = site.value.filter(({ path }) => path.endsWith(".js"));
  const [script] = scripts;
  assert.ok(script !== undefined && scripts.length === 1);
  const sizeBytes = brotliCompressSync(script.content).length;
  return { sizeBytes, text: new TextDecoder().decode(script.content) };
}

test("a prompt of Preact, buttons, a dialog and a field takes less than 8 KB", async () => {
  const { sizeBytes, text } = await scriptOf(`
    import { render } from "preact";
    import { useState } from "preact/hooks";
    import { Button } from "@kith/ui/button";
    import { Dialog } from "@kith/ui/dialog";
    import { TextInput } from "@kith/ui/text-input";

    function Prompt() {
      const [name, setName] = useState("");
      return (
        <Dialog open onClose={close} title="May I?" closeLabel="Close" actions={<Button>No</Button>}>
          <TextInput label="Name" value={name} onInput={setName} />
        </Dialog>
      );
    }
    render(<Prompt />, document.body);`);
  assert.ok(text.includes("showModal"), "it is there at all");
  assert.ok(sizeBytes < 8 * 1024, `${sizeBytes} bytes`);
});

test("what a page does not use is not in it", async () => {
  const { text } = await scriptOf(`
    import { checkIcon } from "@kith/ui/icons";
    console.log(checkIcon);`);
  assert.ok(text.length < 300, text);
});
