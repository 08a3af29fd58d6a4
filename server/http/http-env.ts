import type { HostTarget } from "./host.ts";
import type { RequestTarget } from "./request-target.ts";

/** Asks the runtime for the address of the socket's other end; undefined where there is none. */
export type AddressOf = (request: Request) => string | undefined;

/** What every route sees beside the request. */
export type RequestContext = {
  readonly host: HostTarget;
  readonly target: RequestTarget;
  /** Asked only by those who need it: it costs more than sending a ready file. */
  readonly remoteAddress: () => string | undefined;
};

export type HttpEnv = { Bindings: RequestContext };
