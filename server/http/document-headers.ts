import { fillPolicy, sitePolicy } from "@kith/protocol/site-policy";

import { isPage, isScript } from "./policy-of-type.ts";

export type DefaultHeader = readonly [name: string, value: string];

/**
 * What every answer gets that a browser shows as a page or runs, unless the app says otherwise where it may (decision 0175);
 * everything else is data, which policies are not about. A script may be a worker, which has a policy of its own, and no
 * window, which the rest is about: a page takes dozens of them.
 */
export function activeHeaders(contentType: string, authority: string): readonly DefaultHeader[] {
  if (isPage(contentType)) return [...ofAll(authority), ...ofPages(authority)];
  return isScript(contentType) ? ofAll(authority) : [];
}

function ofAll(authority: string): readonly DefaultHeader[] {
  return [
    ["content-security-policy", fillPolicy(sitePolicy([]), authority)],
    // Paths of one app are nobody else's business, sibling apps included.
    ["referrer-policy", "same-origin"],
  ];
}

function ofPages(authority: string): readonly DefaultHeader[] {
  return [
    // A page that another one has opened is out of its reach; windows that the page opens itself are not.
    ["cross-origin-opener-policy", "same-origin-allow-popups"],
    ["permissions-policy", permissionsPolicy(authority)],
    // Sibling apps are same-site: without this they could share a process and, by document.domain, an origin.
    ["origin-agent-cluster", "?1"],
  ];
}

const deniedFeatures = [
  "bluetooth",
  "camera",
  "display-capture",
  "geolocation",
  "hid",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
];

/**
 * Passkeys are the supervisor's, also where an app shows it in a frame: an app could make some for the root host, and use
 * them as if they were the network's (web-authn: the id of a relying party is any suffix of the page's host).
 */
function permissionsPolicy(authority: string): string {
  const supervisor = `("http://supervisor.${authority}" "https://supervisor.${authority}")`;
  return [
    ...deniedFeatures.map((feature) => `${feature}=()`),
    `publickey-credentials-create=${supervisor}`,
    `publickey-credentials-get=${supervisor}`,
  ].join(", ");
}
