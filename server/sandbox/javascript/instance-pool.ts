import { EngineInstance } from "../engine/engine-instance.ts";
import type { Engine } from "../engine/engine.ts";
import type { Operations } from "../guest/operation.ts";
import { idleInstancesMax } from "../limits.ts";
import type { EngineImage } from "./image.ts";

/** An instance that nobody uses. */
type Idle = {
  readonly instance: EngineInstance;
  /** What it was last. */
  readonly last: EngineImage;
  /** What it is now, as if it had never run. Undefined while what it did still stands in its memory. */
  ready: EngineImage | undefined;
};

/**
 * Instances that nobody uses. Making one costs a millisecond, writing another image over all of its memory a tenth of
 * that; nothing of what it did before is left then, whoever it ran for. The next block mostly calls what this one has
 * called, so each is made ready for that when there is nothing else to do, and not while somebody waits for the block.
 */
export class InstancePool {
  readonly #engine: Engine;
  readonly #idle: Idle[] = [];
  readonly #images = new WeakMap<EngineInstance, EngineImage>();
  #isRestoring = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get operations(): Operations {
    return this.#engine.operations;
  }

  /** An instance as the image has it. */
  take(image: EngineImage): EngineInstance {
    const found = this.#idleFor(image);
    const instance = found?.instance ?? new EngineInstance(this.#engine, image.pages);
    if (found?.ready !== image) instance.load(image.state);
    this.#images.set(instance, image);
    return instance;
  }

  /** One whose memory has grown, or that is still in the middle of something, is not taken back. */
  giveBack(instance: EngineInstance): void {
    const last = this.#images.get(instance);
    if (last === undefined || instance.hasGrown || instance.isRunning) return;
    if (this.#idle.length >= idleInstancesMax) return;
    this.#images.delete(instance);
    this.#idle.push({ instance, last, ready: undefined });
    if (this.#isRestoring) return;
    this.#isRestoring = true;
    setTimeout(() => this.#restoreOne(), 0);
  }

  /** The one that is ready for the image, or else any of its size. */
  #idleFor(image: EngineImage): Idle | undefined {
    const ready = this.#idle.findLast((idle) => idle.ready === image);
    const found = ready ?? this.#idle.find(({ instance }) => instance.pages === image.pages);
    if (found !== undefined) this.#idle.splice(this.#idle.indexOf(found), 1);
    return found;
  }

  /** One at a time, so that whatever came in meanwhile has its turn. */
  #restoreOne(): void {
    const next = this.#idle.findLast(({ ready }) => ready === undefined);
    this.#isRestoring = next !== undefined;
    if (next === undefined) return;
    next.instance.load(next.last.state);
    next.ready = next.last;
    setTimeout(() => this.#restoreOne(), 0);
  }
}
