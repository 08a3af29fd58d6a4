import assert from "node:assert/strict";

import type { AccountName } from "@kith/protocol/ids";
import type { AnyMethod, ResultCodec, ServiceInterface, Signature } from "@kith/sdk/signature";
import { packAction } from "@kith/sdk/transaction";

import { ask, jsonOf } from "./ask.ts";
import { TestNetwork, type NetworkOptions } from "./network.ts";

type ArgsOf<Method> = Method extends Signature<infer Args, unknown> ? Args : never;
type ResultOf<Method> = Method extends { readonly result: ResultCodec<infer Result> }
  ? Result
  : never;

export type TestedService<Methods> = {
  readonly service: ServiceInterface<Methods>;
  /** Whoever acts, with the key that he acts with. */
  readonly keys: ReadonlyMap<AccountName, Uint8Array>;
  readonly network: NetworkOptions;
};

/** A network on which one service is looked at. */
export class ServiceNetwork<
  Methods extends Readonly<Record<string, AnyMethod>>,
> extends TestNetwork {
  private readonly service: ServiceInterface<Methods>;
  private readonly keys: ReadonlyMap<AccountName, Uint8Array>;

  constructor({ service, keys, network }: TestedService<Methods>) {
    super(network);
    this.service = service;
    this.keys = keys;
  }

  /** The result of an action, or the code of its failure. */
  act<Name extends keyof Methods & string>(
    sender: AccountName,
    name: Name,
    args: ArgsOf<Methods[Name]>,
  ): ResultOf<Methods[Name]> | string;
  act(sender: AccountName, name: keyof Methods & string, args: never): unknown {
    const receipt = this.run([packAction(sender, this.service, name, args)], this.keys.get(sender));
    if (receipt.failure !== undefined) return receipt.failure.code;
    const packed = receipt.results[0] ?? new Uint8Array();
    const result = this.service.actions[name]?.result.unpack(packed);
    assert.ok(result?.ok === true);
    return result.value ?? "done";
  }

  /** The status is 0 when the service leaves the path to its site. */
  get(target: string): { readonly status: number; readonly json: unknown } {
    const reply = ask(this, this.service.name, target);
    if (reply === undefined) return { status: 0, json: undefined };
    return { status: reply.status, json: jsonOf(reply) };
  }
}
