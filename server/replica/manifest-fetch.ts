import type { NodeId } from "@kith/protocol/ids";
import { manifestPartBytesMax, snapshotManifestBytesMax } from "@kith/protocol/limits";
import type { NodeMessage } from "@kith/protocol/node-message";
import { decodeManifest, type SnapshotManifest } from "@kith/protocol/snapshot-manifest";

import { requestAgainMs } from "./limits.ts";
import type { ClockPort, LinksPort } from "./ports.ts";

type Part = Extract<NodeMessage, { kind: "manifest-part" }>;

type FetchPorts = {
  readonly from: NodeId;
  readonly snapshotId: number;
  readonly sizeBytes: number;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  /** Undefined when it did not come, or is none. */
  readonly done: (manifest: SnapshotManifest | undefined) => void;
};

const attemptsMax = 10;

/** Gets what a snapshot consists of, part by part, from the one who offers it. Nothing of it is believed yet. */
export class ManifestFetch {
  readonly #ports: FetchPorts;
  readonly #bytes: Uint8Array;
  #at = 0;
  #attempts = 0;
  #cancel = (): void => undefined;

  /** Undefined for a size that no manifest has. */
  static start(ports: FetchPorts): ManifestFetch | undefined {
    const { sizeBytes } = ports;
    if (sizeBytes === 0 || sizeBytes > snapshotManifestBytesMax) return undefined;
    const fetch = new ManifestFetch(ports);
    fetch.#ask();
    return fetch;
  }

  private constructor(ports: FetchPorts) {
    this.#ports = ports;
    this.#bytes = new Uint8Array(ports.sizeBytes);
  }

  get from(): NodeId {
    return this.#ports.from;
  }

  receive(from: NodeId, { snapshotId, at, data }: Part): void {
    const { done } = this.#ports;
    if (from !== this.#ports.from || snapshotId !== this.#ports.snapshotId) return;
    if (at !== this.#at) return;
    // Whoever sends it byte by byte keeps others' offers waiting.
    if (data.length !== Math.min(manifestPartBytesMax, this.#bytes.length - at)) {
      this.end();
      return done(undefined);
    }
    this.#bytes.set(data, at);
    this.#at += data.length;
    this.#attempts = 0;
    if (this.#at < this.#bytes.length) return this.#ask();
    this.end();
    const manifest = decodeManifest(this.#bytes);
    done(manifest.ok ? manifest.value : undefined);
  }

  end(): void {
    this.#cancel();
  }

  #ask(): void {
    const { clock, links, from, snapshotId, done } = this.#ports;
    this.#cancel();
    if (this.#attempts === attemptsMax) return done(undefined);
    this.#attempts += 1;
    links.send(from, { kind: "manifest-request", snapshotId, at: this.#at });
    this.#cancel = clock.after(requestAgainMs, () => this.#ask());
  }
}
