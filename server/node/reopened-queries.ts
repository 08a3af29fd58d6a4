import type { HttpRequest } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";
import type { Queries } from "@kith/queries/queries";

/** Queries that can be opened anew, because their processes have state.db open, and another has to take its place. */
export class ReopenedQueries implements Queries {
  private readonly open: () => Queries;
  private current: Queries;

  constructor(open: () => Queries) {
    this.open = open;
    this.current = open();
  }

  query(
    service: AccountName,
    request: HttpRequest,
    user?: AccountName,
  ): ReturnType<Queries["query"]> {
    return this.current.query(service, request, user);
  }

  answer(
    service: AccountName,
    request: HttpRequest,
    user?: AccountName,
  ): ReturnType<Queries["answer"]> {
    return this.current.answer(service, request, user);
  }

  mayLogIn(question: Parameters<Queries["mayLogIn"]>[0]): ReturnType<Queries["mayLogIn"]> {
    return this.current.mayLogIn(question);
  }

  onExecuted(block: Parameters<Queries["onExecuted"]>[0]): void {
    this.current.onExecuted(block);
  }

  metrics(): ReturnType<Queries["metrics"]> {
    return this.current.metrics();
  }

  /** Nothing is answered until `reopen`. */
  close(): void {
    this.current.close();
  }

  reopen(): void {
    this.current = this.open();
  }
}
