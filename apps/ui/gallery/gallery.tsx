import { render } from "preact";

import { Controls } from "./controls.tsx";
import { Floating } from "./floating.tsx";
import { Lists } from "./lists.tsx";
import { People } from "./people.tsx";

/** Every component in every state, for the eyes and for the browser tests. It is in no package. */
function Gallery() {
  return (
    <main class="mx-auto grid max-w-page gap-10 p-4">
      <h1 class="text-display font-semibold">Gallery</h1>
      <Controls />
      <Floating />
      <Lists />
      <People />
    </main>
  );
}

render(<Gallery />, document.body);
