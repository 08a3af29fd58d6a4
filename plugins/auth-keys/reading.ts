import { abort } from "@kith/sdk/abort";
import type { PluginContext } from "@kith/sdk/plugin";
import type { Device } from "@kith/sdk/plugins/auth-keys";
import { askOwn } from "@kith/sdk/plugins/http";
import {
  account,
  hexBytes,
  listOf,
  longWhole,
  maybe,
  oneOf,
  record,
  text,
  type Shape,
} from "@kith/sdk/plugins/json-shape";
import type { AccountName } from "@kith/sdk/types";

const claim = record({ service: account, rawData: hexBytes });
const listMax = 100;
const time = longWhole;

const keysShape: Shape<readonly Device[]> = listOf(
  record({
    id: longWhole,
    role: oneOf("device", "passkey", "recovery"),
    label: text(100),
    addedAt: time,
    matureAt: time,
    claim,
  }),
  listMax,
);

const recoveryShape = record({ claim, readyAt: maybe(time) });

export function keysOfAccount(context: PluginContext, name: AccountName): readonly Device[] {
  const answer = keysShape.parse(askOwn(context, "keysOf", { account: name }));
  return answer ?? abort("answer-malformed", `the keys of ${name} are unreadable`);
}

/** What friends are doing about an account; undefined when nothing is. */
export function recoveryOf(context: PluginContext, name: AccountName) {
  const answer = askOwn(context, "recoveryOf", { account: name });
  if (answer === null) return undefined;
  return recoveryShape.parse(answer) ?? abort("answer-malformed", "the recovery is unreadable");
}
