/** What this browser is called among an account's devices: "Firefox on Linux". */
export function deviceName(userAgent: string): string {
  const browser = nameIn(userAgent, browsers) ?? "Browser";
  const system = nameIn(userAgent, systems);
  return system === undefined ? browser : `${browser} on ${system}`;
}

type Names = readonly (readonly [mark: string, name: string])[];

/** Browsers name others that they are like, so those come first that only they themselves name. */
const browsers: Names = [
  ["Edg", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["FxiOS/", "Firefox"],
  ["CriOS/", "Chrome"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
];
const systems: Names = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["CrOS", "ChromeOS"],
  ["Windows", "Windows"],
  ["Mac OS", "Mac"],
  ["Linux", "Linux"],
];

function nameIn(userAgent: string, names: Names): string | undefined {
  return names.find(([mark]) => userAgent.includes(mark))?.[1];
}
