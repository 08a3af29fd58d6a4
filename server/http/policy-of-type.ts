/** Directives about what a window shows, where it leads and who shows it; a worker does none of that. */
const ofWindows: ReadonlySet<string> = new Set([
  "style-src",
  "style-src-attr",
  "style-src-elem",
  "script-src-attr",
  "img-src",
  "media-src",
  "object-src",
  "frame-src",
  "frame-ancestors",
  "manifest-src",
  "form-action",
  "base-uri",
]);

/** The parts of `multipart` may be pages. */
export function isPage(contentType: string): boolean {
  return /html|xml|multipart/i.test(contentType);
}

/** It may be a worker, which has a policy of its own. */
export function isScript(contentType: string): boolean {
  return /script/i.test(contentType);
}

/** Neither shown with scripts of its own nor run, whatever asks for it. */
function isInert(contentType: string): boolean {
  const inert =
    /^(?:text\/(?:css|plain)|application\/(?:wasm|json)|(?:image|font|audio|video)\/.*)$/i;
  return !isPage(contentType) && inert.test(contentType.replace(/;.*$/s, "").trim());
}

/**
 * As much of a content security policy as means something for this type: an answer in three is a script, and half of a policy is about
 * windows (Content Security Policy Level 3, section 6). Undefined when none of it does.
 */
export function policyOfType(policy: string, contentType: string): string | undefined {
  if (isInert(contentType)) return undefined;
  if (isPage(contentType) || !isScript(contentType)) return policy;
  const directives = policy.split(";").map((directive) => directive.trim());
  const kept = directives.filter((directive) => {
    const [name = ""] = directive.split(/\s/);
    return name !== "" && !ofWindows.has(name.toLowerCase());
  });
  return kept.join("; ");
}
