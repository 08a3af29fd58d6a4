import { cookieBytesMax } from "./limits.ts";

/**
 * Any app may set cookies of the root host, which then go to all others: enough of them, and a server that counts headers answers
 * nobody (decision 0201). Nodes read one cookie only, and pass the rest over.
 */
export function isCookieBomb(headers: Headers): boolean {
  return (headers.get("cookie")?.length ?? 0) > cookieBytesMax;
}

/** The answer, with word to the browser to forget the cookies of the network, all of them: it cannot be told which. */
export async function defused(answer: Response | Promise<Response>): Promise<Response> {
  const { headers } = await answer;
  headers.set("clear-site-data", '"cookies"');
  return answer;
}
