import { build } from "esbuild";
import { join } from "node:path";
