import type { Checksum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { ServiceModule } from "@kith/protocol/service-abi";

import type { CodeFault, CodeReference, DescribedCode } from "../code.ts";
import { openEngine } from "../engine/engine-module.ts";
import type { OnLog } from "../guest/guest-session.ts";
import { sessionModule } from "../guest/session-module.ts";
import {
  PreparedCode,
  PreparedMemory,
  type CodeKind,
  type Made,
  type PreparedStore,
} from "../prepared-code.ts";
import { packImage, unpackImage } from "./image-codec.ts";
import { makeImage, type EngineImage, type SourceFault } from "./image.ts";
import { InstancePool } from "./instance-pool.ts";
import { JavascriptService } from "./javascript-service.ts";
import { messageOf } from "./source-message.ts";

const memory = new PreparedMemory<EngineImage>();

export const javascriptCode: CodeKind<EngineImage, SourceFault> = {
  name: "javascript",
  make: prepareSource,
  unpack: unpackImage,
};

/** Runs services of JavaScript: an image for each source, an instance for each service of a session. */
export class JavascriptMachine {
  readonly #onLog: OnLog | undefined;
  readonly #sources: PreparedCode<EngineImage, SourceFault>;
  #pool: InstancePool | undefined;

  constructor(onLog?: OnLog, store?: PreparedStore) {
    this.#onLog = onLog;
    this.#sources = new PreparedCode(javascriptCode, memory, store);
  }

  load({ service, codeHash, read }: CodeReference): ServiceModule | undefined {
    const description = this.#sources.description(codeHash, read);
    if (description === undefined) return undefined;
    const image = (): EngineImage => this.#sources.prepared(codeHash, read);
    const name = `${service} ${codeHash}`;
    const pool = (this.#pool ??= new InstancePool(openEngine()));
    return sessionModule(description, (session) =>
      session.hold(name, () => new JavascriptService({ ...description, image }, pool, this.#onLog)),
    );
  }

  describe(codeHash: Checksum, source: Uint8Array): Result<DescribedCode, CodeFault> {
    const described = this.#sources.describe(codeHash, source);
    if (described.ok) return described;
    const { code, fuel } = described.error;
    return err({ code, message: messageOf(described.error), fuel });
  }
}

function prepareSource(source: Uint8Array): Result<Made<EngineImage>, SourceFault> {
  const made = makeImage(openEngine(), source);
  if (!made.ok) return made;
  const { definition, definitionText, serves, fuel, ...prepared } = made.value;
  const { pages } = prepared;
  const description = { definition, serves, fuel, pages, compileFuel: 0 };
  return ok({ description, definitionText, prepared, packed: packImage(prepared) });
}
