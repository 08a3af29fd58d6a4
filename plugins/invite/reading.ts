import { abort } from "@kith/sdk/abort";
import { toHex } from "@kith/sdk/bytes";
import type { PluginContext } from "@kith/sdk/plugin";
import { askOwn } from "@kith/sdk/plugins/http";
import type { InviteShown } from "@kith/sdk/plugins/invite";
import { account, hexBytes, listOf, longWhole, record, text } from "@kith/sdk/plugins/json-shape";
import type { AccountName } from "@kith/sdk/types";

const shape = record({
  key: hexBytes,
  inviter: account,
  app: account,
  expiresAt: longWhole,
  usesMax: longWhole,
  uses: longWhole,
  memo: text(500),
  state: text(20),
});
const listMax = 100;
const listShape = listOf(shape, listMax);

export function inviteOf(context: PluginContext, key: Uint8Array): InviteShown | undefined {
  const answer = askOwn(context, "inviteOf", { key: toHex(key) });
  return answer === null ? undefined : (shape.parse(answer) ?? unreadable());
}

export function invitesOfUser(
  context: PluginContext,
  inviter: AccountName,
): readonly InviteShown[] {
  return listShape.parse(askOwn(context, "invitesOf", { inviter })) ?? unreadable();
}

function unreadable(): never {
  return abort("answer-malformed", "the service's answer is unreadable");
}
