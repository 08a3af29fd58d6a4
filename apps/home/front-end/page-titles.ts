import {
  appIcon,
  codeIcon,
  deviceIcon,
  friendsIcon,
  inviteIcon,
  permissionsIcon,
  personIcon,
  queueIcon,
} from "@kith/ui/icons";

import type { PageName } from "./route.ts";
import { texts } from "./texts.ts";

export function pageTitle(page: PageName): string {
  return texts[page];
}

export const pageIcons = {
  apps: appIcon,
  account: personIcon,
  devices: deviceIcon,
  friends: friendsIcon,
  invites: inviteIcon,
  permissions: permissionsIcon,
  waiting: queueIcon,
  publish: codeIcon,
} as const satisfies Readonly<Record<PageName, unknown>>;
