/** What a load generator is asked to do, as one JSON argument; it answers with a `LoadResult` as JSON. */
export type LoadJob = {
  readonly target: EtcdTarget | KithTarget | QueryTarget;
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
  readonly account: string;
  /** Hex of the 32-byte seed of the account's Ed25519 key. */
  readonly secretKey: string;
};
