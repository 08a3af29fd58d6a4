/** As much of `navigator.serviceWorker` as installs a worker. */
export type WorkerInstaller = {
  readonly register: (url: string, options: RegistrationOptions) => Promise<Registration>;
};
export type Registration = {
  readonly installing: InstallingWorker | null;
  readonly update: () => Promise<unknown>;
  readonly unregister: () => Promise<boolean>;
};
export type InstallingWorker = Pick<
  ServiceWorker,
  "state" | "addEventListener" | "removeEventListener"
>;

type Attempts = {
  /** Calls off what is left to do. */
  readonly signal: AbortSignal;
  readonly pause: (ms: number) => Promise<void>;
};

/** After the first attempt, the second, and so on; after the last one it is left to the next page. */
const pausesMs = [10_000, 20_000, 40_000, 80_000, 160_000];

/**
 * Installs what the network has at this address, unless it is installed already. An installation breaks off with the network, or
 * because the site is being upgraded, and a browser tries again with the next page only. Rejects with what the browser says when
 * another attempt would not change it, or none of them did.
 */
export async function installWorker(
  installer: WorkerInstaller,
  url: string,
  { signal, pause }: Attempts,
): Promise<void> {
  for (const pauseMs of pausesMs) {
    try {
      return await installOnce(installer, url, signal);
    } catch (thrown) {
      if (isFinal(thrown)) throw thrown;
      await pause(pauseMs);
      if (signal.aborted) return;
    }
  }
  await installOnce(installer, url, signal);
}

async function installOnce(
  installer: WorkerInstaller,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const registration = await installer.register(url, { updateViaCache: "none" });
  if (signal.aborted) {
    await registration.unregister();
    return;
  }
  // What is registered already is not asked for again by that.
  if (registration.installing === null) await registration.update();
  if (registration.installing !== null) await installed(registration.installing);
}

function installed(worker: InstallingWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (worker.state === "installing") return;
      worker.removeEventListener("statechange", look);
      if (worker.state === "redundant") reject(new Error("the installation broke off"));
      else resolve();
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

/** Pages that may have no service worker, and scripts that are none. A network that fails is a `TypeError`. */
function isFinal(thrown: unknown): boolean {
  return thrown instanceof DOMException;
}
