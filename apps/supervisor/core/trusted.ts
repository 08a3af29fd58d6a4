type Policy = { readonly createScriptURL: (url: string) => string };
type Policies = {
  readonly createPolicy: (
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ) => Policy;
};

/** The one policy that the pages' content security policy knows (Trusted Types): scripts of this origin alone. */
const policy = policies()?.createPolicy("kith", { createScriptURL: ownUrl });

/** An address that the browser takes for a worker or a service worker. */
export function trustedScript(url: URL): string {
  return policy?.createScriptURL(url.href) ?? ownUrl(url.href);
}

function ownUrl(url: string): string {
  if (new URL(url).origin === location.origin) return url;
  throw new TypeError(`${url} is not of this origin`);
}

/** Not all browsers have them, and not all type libraries. */
function policies(): Policies | undefined {
  const found: unknown = Reflect.get(globalThis, "trustedTypes");
  return isPolicies(found) ? found : undefined;
}

function isPolicies(value: unknown): value is Policies {
  return typeof Reflect.get(Object(value), "createPolicy") === "function";
}
