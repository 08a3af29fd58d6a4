/**
 * What addresses are counted by: an IPv4 address, or the network of 64 bits that an IPv6 address is in, which one
 * subscriber has for itself. Undefined for this machine's own addresses, behind which a proxy may stand for everybody.
 */
export function networkOfAddress(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const text = address.toLowerCase().replace(/%.*$/, "");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1] ?? text;
  if (mapped.startsWith("127.") || mapped === "::1") return undefined;
  if (!mapped.includes(":")) return mapped;
  const [head = "", tail] = mapped.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
