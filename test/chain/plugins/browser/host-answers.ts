import { methodNameConstant } from "@kith/protocol/names";
import type { PluginInterface } from "@kith/sdk/plugin-interface";
import type { AnyMethod, Signature } from "@kith/sdk/signature";
import { Failure } from "@kith/supervisor/failure";
import type { Ask, AskAnswer } from "@kith/supervisor/journal";

/** Why a part of the browser does not do what it was asked for. */
export class Refusal extends Failure {
  constructor(code: string, message = code) {
    super(code, message);
  }
}

/** What one of the supervisor's own functions does, by host and method, with packed arguments and results. */
export type HostAnswers = ReadonlyMap<string, (args: Uint8Array) => Promise<Uint8Array>>;

export type Answers<Functions> = {
  readonly [Name in keyof Functions]: Functions[Name] extends Signature<infer Args, infer Result>
    ? (args: Args) => Promise<Result> | Result
    : never;
};

/** All functions of a host, as they are in the test's browser. */
export function answering<Functions extends Readonly<Record<string, AnyMethod>>>(
  host: PluginInterface<Functions>,
  answers: Answers<Functions>,
): HostAnswers;
export function answering(
  { name, functions }: PluginInterface<Readonly<Record<string, Signature<unknown, unknown>>>>,
  answers: Readonly<Record<string, (args: unknown) => unknown>>,
): HostAnswers {
  const made = new Map<string, (args: Uint8Array) => Promise<Uint8Array>>();
  for (const [method, { args, result }] of Object.entries(functions)) {
    made.set(`${name} ${methodNameConstant(method)}`, async (packed) => {
      const given = args.unpack(packed);
      if (!given.ok) throw new Error(`${name} ${method} was asked with what are no arguments`);
      return result.pack(await answers[method]?.(given.value));
    });
  }
  return made;
}

export async function answerOf(
  answers: HostAnswers,
  { host, method, args }: Ask,
): Promise<AskAnswer> {
  const answer = answers.get(`${host} ${method}`);
  if (answer === undefined) throw new Error(`the test's browser has no ${host} ${method}`);
  try {
    return { ok: true, value: await answer(args) };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { ok: false, code: thrown.code, message: thrown.message };
  }
}
