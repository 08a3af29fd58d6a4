const lockName = "kith-writes";

/** What the queue of writes has of a browser. */
export const thisBrowser = {
  /** Runs while no other page does; false when one does. */
  async alone(run: () => Promise<void>): Promise<boolean> {
    return navigator.locks.request(lockName, { ifAvailable: true }, async (lock) => {
      if (lock === null) return false;
      await run();
      return true;
    });
  },

  /** Runs later; gives a way to call that off. */
  after(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
