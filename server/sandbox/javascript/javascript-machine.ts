import type { Checksum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { CallSession, ServiceModule } from "@kith/protocol/service-abi";

import type { CodeFault, CodeReference, DescribedCode } from "../code.ts";
import { openEngine } from "../engine/engine-module.ts";
import { placesOf } from "../guest/action-places.ts";
import type { OnLog } from "../guest/guest-session.ts";
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

  /** Each session has an instance of its own behind it, and only when something is called. */
  load({ service, codeHash, read }: CodeReference): ServiceModule | undefined {
    const description = this.#sources.description(codeHash, read);
    if (description === undefined) return undefined;
    const { definition, serves } = description;
    const image = (): EngineImage => this.#sources.prepared(codeHash, read);
    const name = `${service} ${codeHash}`;
    const pool = (this.#pool ??= new InstancePool(openEngine()));
    const inSession = (session: CallSession): JavascriptService =>
      session.hold(name, () => new JavascriptService({ ...description, image }, pool, this.#onLog));
    return {
      definition,
      action: (method, args, host) => inSession(host.session).action(method, args, host),
      ...(serves ? { serve: (request, host) => inSession(host.session).serve(request, host) } : {}),
      ...(placesOf(definition).queries.size > 0
        ? { query: (query, args, host) => inSession(host.session).query(query, args, host) }
        : {}),
    };
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
