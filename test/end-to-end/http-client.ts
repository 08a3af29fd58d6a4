export const rootHost = "kith.localhost";

export type NodeAddress = { readonly port: number };

const requestMsMax = 20_000;

export type RequestOptions = Omit<RequestInit, "headers"> & {
  readonly headers?: Readonly<Record<string, string>>;
};

/** A request to one node under the network's own names, which not every resolver knows. */
export function request(
  { port }: NodeAddress,
  name: string,
  path: string,
  init: RequestOptions = {},
): Promise<Response> {
  const host = `${name === "" ? "" : `${name}.`}${rootHost}:${port}`;
  return fetch(`http://127.0.0.1:${port}${path}`, {
    redirect: "manual",
    signal: AbortSignal.timeout(requestMsMax),
    ...init,
    headers: { host, ...init.headers },
  });
}
