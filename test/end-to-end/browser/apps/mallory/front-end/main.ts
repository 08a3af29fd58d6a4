import { connect } from "@kith/sdk/connect";
import { clientDataPlugin } from "@kith/sdk/plugins/client-data";
import { invitePlugin } from "@kith/sdk/plugins/invite";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { permissionsPlugin } from "@kith/sdk/plugins/permissions";
import { promptPlugin } from "@kith/sdk/plugins/prompt";

import { toolsOf } from "../../page-tools.ts";
import { attempt, frameOf, greet, RawPort } from "./raw-frame.ts";

/** What the tests have this page try. */
export type MalloryTools = typeof tools;

const root = location.host.slice(location.host.indexOf(".") + 1);
const kith = await connect({ asUser: true });
const tools = {
  ...toolsOf(kith),
  invite: kith.plugin(invitePlugin),
  keys: kith.plugin(keysPlugin),
  clientData: kith.plugin(clientDataPlugin),
  permissions: kith.plugin(permissionsPlugin),
  prompt: kith.plugin(promptPlugin),
  sibling: (app: string, path = "/"): string => `${location.protocol}//${app}.${root}${path}`,
  attempt,
  frameOf,
  greet,
  RawPort,
};
Object.assign(globalThis, { tools });
performance.mark("ready");
