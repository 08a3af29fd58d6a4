/** As much of Trusted Types as is used here: not all browsers have them, and not all type libraries. */
type Policy = { readonly createScriptURL: (url: string) => string };
type Policies = {
  readonly createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => Policy;
};

const policyName = "kith";
let made: Policy | undefined;

/**
 * An address that the browser takes for a worker or a service worker, also where a page's content security policy has
 * `require-trusted-types-for 'script'; trusted-types kith`. It is of the page's own origin, or this throws.
 */
export function trustedScript(url: URL): string {
  made ??= policies()?.createPolicy(policyName, { createScriptURL: ownUrl });
  return made?.createScriptURL(url.href) ?? ownUrl(url.href);
}

function ownUrl(url: string): string {
  if (new URL(url).origin === location.origin) return url;
  throw new TypeError(`${url} is not of this origin`);
}

function policies(): Policies | undefined {
  const found: unknown = Reflect.get(globalThis, "trustedTypes");
  return isPolicies(found) ? found : undefined;
}

function isPolicies(value: unknown): value is Policies {
  return typeof Reflect.get(Object(value), "createPolicy") === "function";
}
