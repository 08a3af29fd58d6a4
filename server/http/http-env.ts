import type { HostTarget } from "./host.ts";
import type { RequestTarget } from "./request-target.ts";

/** What a runtime adapter knows about the other end of the connection. */
export type ConnectionInfo = {
  /** Of the socket; undefined where it has none, such as on a Unix socket. */
  readonly remoteAddress: string | undefined;
};

/** What every route sees beside the request. */
export type RequestContext = ConnectionInfo & {
  readonly host: HostTarget;
  readonly target: RequestTarget;
};

export type HttpEnv = { Bindings: RequestContext };
