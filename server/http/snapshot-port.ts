/** A snapshot file that can be read while others are made. */
export type SnapshotDownload = {
  readonly num: number;
  readonly sizeBytes: number;
  /** From its beginning; `cancel` when nobody reads on. */
  readonly body: ReadableStream<Uint8Array>;
};

/** What makes snapshots for the people who run this node. */
export type SnapshotPort = {
  /** Of about now; undefined when none could be made in time. */
  make(): Promise<SnapshotDownload | undefined>;
};
