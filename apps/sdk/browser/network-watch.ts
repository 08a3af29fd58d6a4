import type { BlockId } from "@kith/protocol/ids";

/**
 * Takes what the frame says again and again: which network this is. At first that is what the browser remembers, so that another network has
 * this host is often found later. `onOther` hears of it; nothing that the page shows is of that one. Says whether it is the same as before.
 */
export function networkWatch(
  known: BlockId | undefined,
  onOther: () => void,
): (told: BlockId) => boolean {
  let mine = known;
  return (told) => {
    mine ??= told;
    if (told === mine) return true;
    onOther();
    return false;
  };
}
