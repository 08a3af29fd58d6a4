import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { sitesInterface } from "@kith/sdk/system/sites";

import type { PostinstallAction } from "./package.ts";
import { siteReaches } from "./site-reach.ts";

function action(
  sender: string,
  method: string,
  args: Partial<PostinstallAction>,
): PostinstallAction {
  const account = accountNameConstant(sender);
  return {
    sender: account,
    service: sitesInterface.name,
    method: methodNameConstant(method),
    ...args,
  };
}

const { setPolicy, setCsp } = sitesInterface.actions;

test("whoever installs a package is told every host and every policy that its script sets", () => {
  const rawData = setPolicy.args.pack({ connect: ["wss://c.example"] });
  const postinstall = [
    action("shop", "setPolicy", { data: { connect: ["https://a.example", "https://b.example"] } }),
    // A method may be spelled in any way that has its number.
    action("shop", "setpolicy", { rawData }),
    action("shop", "setCsp", { data: { path: "/x.html", csp: "default-src *" } }),
    action("stock", "setCsp", {
      rawData: setCsp.args.pack({ path: "*", csp: "default-src 'none'" }),
    }),
    action("stock", "setPolicy", { data: { csp: "connect-src *", connect: [] } }),
    action("quiet", "setPolicy", { data: { connect: [] } }),
    action("quiet", "setSinglePage", { data: { enabled: true } }),
  ];
  assert.deepEqual(siteReaches({ postinstall }), [
    {
      account: "shop",
      connect: ["https://a.example", "https://b.example", "wss://c.example"],
      policies: ["default-src *"],
    },
    { account: "stock", connect: [], policies: ["default-src 'none'", "connect-src *"] },
  ]);
});

test("what is no such action, or of another service, says nothing", () => {
  const other = { ...action("shop", "setPolicy", { data: { connect: ["https://a.example"] } }) };
  const service = accountNameConstant("other");
  const postinstall = [
    { ...other, service },
    action("shop", "setPolicy", { data: { connect: "https://a.example" } }),
    action("shop", "setPolicy", { rawData: Uint8Array.of(1) }),
    action("shop", "setCsp", {}),
  ];
  assert.deepEqual(siteReaches({ postinstall }), []);
});
