import { accountNameConstant } from "@kith/sdk/types";
import { render } from "preact";

import { App } from "../front-end/app.tsx";
import { MemorySource } from "./memory-source.ts";

/** The home without a network, for the eyes and the browser tests, which change its world by `gallery`. In no package. */
const source = new MemorySource();
if (new URLSearchParams(location.search).has("in")) source.enter(accountNameConstant("alice"));
Object.assign(globalThis, { gallery: { source } });
render(<App source={source} />, document.body);
