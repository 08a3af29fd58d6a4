import { EngineInstance } from "../engine/engine-instance.ts";
import type { Engine } from "../engine/engine-module.ts";
import { idleInstancesMax } from "../limits.ts";
import type { Image } from "./image.ts";

/**
 * Instances that nobody uses. Making one costs a millisecond, writing another image over all of its memory tens of
 * microseconds; nothing of what it did before is left then, whoever it ran for.
 */
export class InstancePool {
  readonly #engine: Engine;
  readonly #idle = new Map<number, EngineInstance[]>();
  #idleCount = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** An instance as the image has it. */
  take(image: Image): EngineInstance {
    const idle = this.#idle.get(image.pages)?.pop();
    if (idle !== undefined) this.#idleCount--;
    const instance = idle ?? new EngineInstance(this.#engine, image.pages);
    instance.load(image.state);
    return instance;
  }

  /** One whose memory has grown, or that ended in the middle of something, is not taken back. */
  giveBack(instance: EngineInstance): void {
    if (instance.isSpent || this.#idleCount >= idleInstancesMax) return;
    const others = this.#idle.get(instance.pages);
    if (others === undefined) this.#idle.set(instance.pages, [instance]);
    else others.push(instance);
    this.#idleCount++;
  }
}
