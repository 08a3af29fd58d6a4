import assert from "node:assert/strict";
import { test } from "node:test";

import { networkOfAddress } from "./address.ts";

test("addresses are counted one by one in IPv4, and by their 64 bits in IPv6", () => {
  const counted = [
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:0DB8:0001:0002::9", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
  ] as const;
  for (const [address, network] of counted)
    assert.equal(networkOfAddress(address), network, address);
});

test("this machine is not counted, and neither is an unknown address", () => {
  for (const address of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", undefined]) {
    assert.equal(networkOfAddress(address), undefined);
  }
});
