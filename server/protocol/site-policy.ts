import { connectHostCharsMax } from "./limits.ts";

/**
 * What the pages of a site may do unless the site says otherwise: run their own scripts and WebAssembly (no inline scripts, no
 * `eval`), ask their own origin, show the supervisor, be shown by nobody else. `connect` are further hosts that they may talk
 * to. `{{root}}` and `{{roothost}}` stand for the network's host, as `fillPolicy` has it. Why each part is as it is:
 * decision 0175.
 */
export function sitePolicy(connect: readonly string[]): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "media-src 'self' data: blob:",
    ["connect-src 'self'", ...connect].join(" "),
    "frame-src 'self' supervisor.{{root}}",
    "frame-ancestors 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
}

/** `{{root}}` is the root host as this client reaches it, with its port; `{{roothost}}` the same without. */
export function fillPolicy(policy: string, authority: string): string {
  const host = authority.replace(/:[0-9]+$/, "");
  return policy.replaceAll("{{roothost}}", host).replaceAll("{{root}}", authority);
}

/**
 * Whether an app can declare that its pages talk to this: one origin of the web, encrypted and spelled as browsers spell it. No
 * path, which policies compare in ways of their own, and no `*`, which says nothing to whoever installs the app.
 */
export function isConnectOrigin(text: string): boolean {
  const groups = /^(?:https|wss):\/\/(?<host>[a-z0-9.-]+)(?::(?<port>[1-9][0-9]{0,4}))?$/.exec(
    text,
  )?.groups;
  const host = groups?.["host"] ?? "";
  if (host.length > connectHostCharsMax || Number(groups?.["port"] ?? 0) > 65_535) return false;
  const labels = host.split(".");
  return (
    labels.length > 1 && labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  );
}
