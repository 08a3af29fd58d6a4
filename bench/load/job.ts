/** What a load generator is asked to do, as one JSON argument; it answers with a `LoadResult` as JSON. */
export type LoadJob = {
  readonly target: EtcdTarget | KithTarget | FloodTarget | QueryTarget;
  readonly clients: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
};

type EtcdTarget = { readonly kind: "etcd-http" | "etcd-grpc"; readonly port: number };

export type QueryTarget = {
  readonly kind: "kith-query";
  readonly port: number;
  readonly rootHost: string;
  /** How many rows each query looks for. */
  readonly hashes: number;
};

export type KithTarget = {
  readonly kind: "kith";
  readonly port: number;
  readonly rootHost: string;
  /** One for each client: what one sender may have in a block is limited. */
  readonly accounts: readonly LoadAccount[];
  /** Each client sends tokens to the next one's account; left out: each stores 256 new bytes. */
  readonly tokenId?: number;
};

/** One account that sends as much as it can on every connection, whatever becomes of it. */
export type FloodTarget = {
  readonly kind: "kith-flood";
  readonly port: number;
  readonly rootHost: string;
  readonly account: LoadAccount;
  /** Each transaction asks this service to `burn` work; left out: each stores 256 new bytes. */
  readonly burn?: { readonly service: string; readonly rounds: number };
};

export type LoadAccount = {
  readonly account: string;
  /** Hex of the 32-byte seed of the account's Ed25519 key. */
  readonly secretKey: string;
};
