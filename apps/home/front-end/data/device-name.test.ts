import assert from "node:assert/strict";
import { test } from "node:test";

import { deviceName } from "./device-name.ts";

test("a browser is called as its user would call it", () => {
  const cases = [
    ["Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "Firefox on Linux"],
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36 Edg/156.0",
      "Edge on Windows",
    ],
    [
      "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36",
      "Chrome on Android",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile Safari/604.1",
      "Safari on iPhone",
    ],
    ["curl/8", "Browser"],
  ] as const;
  for (const [userAgent, name] of cases) assert.equal(deviceName(userAgent), name);
});
