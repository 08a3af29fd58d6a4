/**
 * The session of an app for what a page cannot put a header on: its own documents and images. It is the app's own login token,
 * and is good for reading only. `__Host-` keeps sibling apps from setting one (decision 0179).
 */
const cookieName = "__Host-kith-session";

const attributes = "Path=/; Secure; HttpOnly; SameSite=Strict";

export function sessionCookie(token: string, seconds: number): string {
  return `${cookieName}=${token}; ${attributes}; Max-Age=${Math.max(0, Math.floor(seconds))}`;
}

export const clearedCookie: string = `${cookieName}=; ${attributes}; Max-Age=0`;

/**
 * The token in a request's cookie: only where the browser says that the app's own page, or a person, sends it, and
 * only to read. Two cookies of the name are one too many, and another spelling is no such cookie: browsers that do not know what
 * `__Host-` means, or know it in this spelling only, let siblings set them.
 */
export function sessionTokenOf({ method, headers }: Request): string | undefined {
  const cookies = headers.get("cookie");
  if (cookies === null || (method !== "GET" && method !== "HEAD")) return undefined;
  const site = headers.get("sec-fetch-site");
  if (site !== "same-origin" && site !== "none") return undefined;
  const sessions = cookies.split(";").flatMap((pair) => {
    const [name = "", value = ""] = pair.split("=", 2).map((part) => part.trim());
    return name.toLowerCase() === cookieName.toLowerCase() ? [{ name, value }] : [];
  });
  const [session] = sessions;
  if (session === undefined || sessions.length > 1) return undefined;
  return session.name === cookieName && session.value !== "" ? session.value : undefined;
}
