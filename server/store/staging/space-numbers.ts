import type { AccountName } from "@kith/protocol/ids";

import type { Space } from "../state-store.ts";

const numberBytes = 4;

/** Short names of spaces: keys in the sorter begin with one, so that the rows of a space come together. */
export class SpaceNumbers {
  private readonly spaces: Space[] = [];
  private readonly numbers = new Map<AccountName, Map<number, number>>();

  sortKeyOf({ service, space }: Space, key: Uint8Array): Uint8Array {
    const number = this.numberFor(service, space);
    const sortKey = new Uint8Array(numberBytes + key.length);
    sortKey[0] = number >>> 24;
    sortKey[1] = (number >> 16) & 0xff;
    sortKey[2] = (number >> 8) & 0xff;
    sortKey[3] = number & 0xff;
    sortKey.set(key, numberBytes);
    return sortKey;
  }

  static numberOf(sortKey: Uint8Array): number {
    const high = ((sortKey[0] ?? 0) << 8) | (sortKey[1] ?? 0);
    return high * 0x1_0000 + (((sortKey[2] ?? 0) << 8) | (sortKey[3] ?? 0));
  }

  static rowKeyOf(sortKey: Uint8Array): Uint8Array {
    return sortKey.subarray(numberBytes);
  }

  at(number: number): Space {
    const space = this.spaces[number];
    if (space === undefined) throw new RangeError(`there is no space ${number}`);
    return space;
  }

  private numberFor(service: AccountName, space: number): number {
    let ofService = this.numbers.get(service);
    if (ofService === undefined) {
      ofService = new Map();
      this.numbers.set(service, ofService);
    }
    let number = ofService.get(space);
    if (number === undefined) {
      number = this.spaces.push({ service, space }) - 1;
      ofService.set(space, number);
    }
    return number;
  }
}
