/** Which entries a new entry names: undefined where Bamboo leaves the link out. */
export type LinkTargets = {
  readonly backlink: bigint | undefined;
  readonly lipmaaLink: bigint | undefined;
};

export function linkTargetsOf(seqNum: bigint): LinkTargets {
  if (seqNum === 1n) return { backlink: undefined, lipmaaLink: undefined };
  const target = lipmaa(seqNum);
  return { backlink: seqNum - 1n, lipmaaLink: target === seqNum - 1n ? undefined : target };
}

/** f of Bamboo's "Links and Entry Verification": the older entry that `seqNum` links to; 0 for the first entry. */
export function lipmaa(seqNum: bigint): bigint {
  const digits = digitsOf(seqNum);
  if (ones(digits) === seqNum) return seqNum - 3n ** (digits - 1n);
  return seqNum - ones(jumpDigits(seqNum));
}

/** The entries that link to `seqNum`: its successor, and those whose lipmaalink it is. */
export function linkersOf(seqNum: bigint): bigint[] {
  const linkers = [seqNum + 1n];
  for (let digits = 1n; ones(digits) < 1n << 64n; digits++) {
    // f subtracts a power of three or a number of ones, so nothing else can lead here.
    for (const linker of [seqNum + ones(digits), seqNum + 3n ** digits]) {
      if (linker > seqNum + 1n && lipmaa(linker) === seqNum) linkers.push(linker);
    }
  }
  return linkers;
}

/** g of the same section. */
function jumpDigits(seqNum: bigint): bigint {
  let rest = seqNum;
  let digits = digitsOf(rest);
  while (ones(digits) !== rest) {
    rest -= ones(digits - 1n);
    digits = digitsOf(rest);
  }
  return digits;
}

/** The smallest k for which (3^k - 1) / 2 is not below the number. */
function digitsOf(seqNum: bigint): bigint {
  let digits = 1n;
  while (ones(digits) < seqNum) digits++;
  return digits;
}

/** (3^k - 1) / 2: in base three, k ones. */
function ones(digits: bigint): bigint {
  return (3n ** digits - 1n) / 2n;
}

/**
 * The entries that whoever wants `seqNum` keeps, newest first: the shortest paths from it to the first entry, and to
 * it from the next number of ones in base three. Two such pools always hold a path between their entries.
 */
export function certificatePool(seqNum: bigint): bigint[] {
  const top = ones(digitsOf(seqNum));
  return [...shortestPath(top, seqNum), ...shortestPath(seqNum, 1n).slice(1)];
}

/** From the newer entry to the older one, both included: always the longest link that does not overshoot. */
export function shortestPath(newer: bigint, older: bigint): bigint[] {
  const path = [newer];
  for (let at = newer; at > older; path.push(at)) {
    const target = lipmaa(at);
    at = target >= older ? target : at - 1n;
  }
  return path;
}
