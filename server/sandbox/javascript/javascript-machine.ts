import type { Checksum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { CallSession, ServiceModule } from "@kith/protocol/service-abi";

import type { CodeFault, CodeReference, DescribedCode } from "../code.ts";
import { openEngine } from "../engine/engine-module.ts";
import { placesOf } from "../guest/action-places.ts";
import type { OnLog } from "../guest/guest-session.ts";
import { imagesKept } from "../limits.ts";
import { makeImage, type Image } from "./image.ts";
import { InstancePool } from "./instance-pool.ts";
import { JavascriptService } from "./javascript-service.ts";
import { messageOf } from "./source-message.ts";

/** The same code has the same image, whoever runs it: one process makes it once. */
const images = new Map<Checksum, Image>();

/** Runs services of JavaScript: an image for each source, an instance for each service of a session. */
export class JavascriptMachine {
  readonly #modules = new Map<string, ServiceModule>();
  readonly #onLog: OnLog | undefined;
  #pool: InstancePool | undefined;

  constructor(onLog?: OnLog) {
    this.#onLog = onLog;
  }

  load({ service, codeHash, read }: CodeReference): ServiceModule | undefined {
    const name = `${service} ${codeHash}`;
    const known = this.#modules.get(name);
    if (known !== undefined) return known;
    const image = this.#imageOf(codeHash, read);
    if (image === undefined) return undefined;
    const module = this.#moduleOf(name, image);
    if (this.#modules.size >= imagesKept) this.#modules.clear();
    this.#modules.set(name, module);
    return module;
  }

  describe(codeHash: Checksum, source: Uint8Array): Result<DescribedCode, CodeFault> {
    const known = images.get(codeHash);
    const made = known === undefined ? makeImage(openEngine(), source) : ok(known);
    if (!made.ok) {
      const { code, fuel } = made.error;
      return err({ code, message: messageOf(made.error), fuel });
    }
    keep(codeHash, made.value);
    const { definition, fuel } = made.value;
    return ok({ definition, fuel });
  }

  #imageOf(codeHash: Checksum, read: () => Uint8Array | undefined): Image | undefined {
    const known = images.get(codeHash);
    if (known !== undefined) {
      keep(codeHash, known);
      return known;
    }
    const source = read();
    if (source === undefined) return undefined;
    const made = makeImage(openEngine(), source);
    if (!made.ok) return undefined;
    keep(codeHash, made.value);
    return made.value;
  }

  /** One module for as long as the image is in use; each session has an instance of its own behind it. */
  #moduleOf(name: string, image: Image): ServiceModule {
    this.#pool ??= new InstancePool(openEngine());
    const pool = this.#pool;
    const inSession = (session: CallSession): JavascriptService =>
      session.hold(name, () => new JavascriptService(image, pool, this.#onLog));
    return {
      definition: image.definition,
      action: (method, args, host) => inSession(host.session).action(method, args, host),
      ...(image.serves
        ? { serve: (request, host) => inSession(host.session).serve(request, host) }
        : {}),
      ...(placesOf(image.definition).queries.size > 0
        ? { query: (query, args, host) => inSession(host.session).query(query, args, host) }
        : {}),
    };
  }
}

/** Used ones move to the end, and those at the front go. */
function keep(codeHash: Checksum, image: Image): void {
  images.delete(codeHash);
  images.set(codeHash, image);
  const [oldest] = images.keys();
  if (images.size > imagesKept && oldest !== undefined) images.delete(oldest);
}
