import type { MethodName } from "@kith/protocol/ids";
import { methodNameConstant } from "@kith/protocol/names";
import type { PluginInterface } from "@kith/sdk/plugin-interface";
import type { AnyMethod, Signature } from "@kith/sdk/signature";

import type { Ask, AskAnswer } from "../machine/journal.ts";
import { factsOf } from "./failure.ts";

/** Answers to some of the supervisor's own functions, by host and method. */
export type HostAnswers = ReadonlyMap<
  string,
  (args: Uint8Array, app: string) => Promise<Uint8Array>
>;

type Answers<Functions> = {
  readonly [Name in keyof Functions]?: Functions[Name] extends Signature<infer Args, infer Result>
    ? (args: Args, app: string) => Promise<Result> | Result
    : never;
};

/** Functions of values as functions of bytes. */
export function answering<Functions extends Readonly<Record<string, AnyMethod>>>(
  host: PluginInterface<Functions>,
  answers: Answers<Functions>,
): HostAnswers;
export function answering(
  { name, functions }: PluginInterface<Readonly<Record<string, Signature<unknown, unknown>>>>,
  answers: Readonly<Record<string, ((args: unknown, app: string) => unknown) | undefined>>,
): HostAnswers {
  const made = new Map<string, (args: Uint8Array, app: string) => Promise<Uint8Array>>();
  for (const [method, { args, result }] of Object.entries(functions)) {
    const answer = answers[method];
    if (answer === undefined) continue;
    made.set(placeOf(name, methodNameConstant(method)), async (packed, app) => {
      const given = args.unpack(packed);
      // The plugin that asks was granted this function, and packs with the same codec.
      if (!given.ok) throw new TypeError(`${name} was asked with arguments that are none`);
      return result.pack(await answer(given.value, app));
    });
  }
  return made;
}

function placeOf(host: string, method: MethodName): string {
  return `${host} ${method}`;
}

/** Asks whoever answers; a failure is an answer as well. */
export async function answerAsk(
  answers: HostAnswers,
  { host, method, args }: Ask,
  app: string,
): Promise<AskAnswer> {
  const answer = answers.get(placeOf(host, method));
  if (answer === undefined) {
    return { ok: false, code: "function-unknown", message: `${host} does not answer ${method}` };
  }
  try {
    return { ok: true, value: await answer(args, app) };
  } catch (thrown) {
    return { ok: false, ...factsOf(thrown) };
  }
}
