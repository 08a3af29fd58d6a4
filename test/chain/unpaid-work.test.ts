import assert from "node:assert/strict";
import { test } from "node:test";

import { authorizationFuelMax, unpaidFuelMax, unpaidWindowSeconds } from "@kith/chain/limits";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { ServiceAbort, type ServiceModule } from "@kith/protocol/service-abi";
import { implement, service } from "@kith/sdk/service";
import { authInterface } from "@kith/sdk/system/auth";

import type { TestNetwork } from "./network.ts";
import { alice, bob, networkOf, noteBy, requireDone, setAuthService } from "./people.ts";

const thinker = accountNameConstant("thinker");
const checkAuth = methodNameConstant("checkAuth");
const { actions } = authInterface(thinker);
const { module: friendly } = service("thinker", {
  tables: [],
  actions: {
    checkAuth: implement(actions.checkAuth, () => undefined),
    canAuthUser: implement(actions.canAuthUser, () => true),
  },
});

/** An auth service that thinks for as long as it is let, or as it needs, and then says no or yes. */
function thinking(fuel: number, saysYes: boolean): ServiceModule {
  return {
    ...friendly,
    action: (method, args, host) => {
      if (method !== checkAuth) return friendly.action(method, args, host);
      host.meter.fuel -= fuel;
      if (host.meter.fuel < 0) throw new ServiceAbort("out-of-fuel", "there is no end to it");
      if (!saysYes) throw new ServiceAbort("no", "after some thought");
      return friendly.action(method, args, host);
    },
  };
}

/** Bob's word counts as soon as the service is his auth service. */
function networkThat(fuel: number, saysYes: boolean): TestNetwork {
  const network = networkOf([alice, bob], { services: [thinking(fuel, saysYes)] });
  requireDone(network.run([setAuthService(bob.name, thinker)], bob.key));
  return network;
}

test("work for transactions that are not authorized has an end, and ordinary ones are still admitted then", () => {
  const network = networkThat(authorizationFuelMax + 1, false);
  const times = Math.ceil(unpaidFuelMax / authorizationFuelMax);
  const ask = (): string => {
    const answer = network.admit(network.transaction([noteBy(bob.name)], bob.key));
    assert.ok(!answer.ok);
    return answer.error.code;
  };
  assert.deepEqual(new Set(Array.from({ length: times }, ask)), new Set(["not-authorized"]));
  assert.equal(ask(), "admission-busy");
  assert.ok(network.admit(network.transaction([noteBy(alice.name)], alice.key)).ok);
  network.time += unpaidWindowSeconds;
  network.run([noteBy(alice.name)], alice.key);
  assert.equal(ask(), "not-authorized");
});

test("an authorization that takes long and says yes is paid for, and no reason to be careful", () => {
  const network = networkThat(authorizationFuelMax / 2, true);
  for (let i = 0; i < 2 * (unpaidFuelMax / authorizationFuelMax); i++) {
    const transaction = network.transaction([noteBy(bob.name, i)], bob.key);
    assert.ok(network.admit(transaction).ok);
  }
});

test("what one question may take does not depend on where it is asked", () => {
  const network = networkThat(authorizationFuelMax + 1, true);
  const { failure } = network.run([noteBy(bob.name)], bob.key);
  assert.equal(failure?.code, "not-authorized");
  assert.match(failure.message, /out-of-fuel/);
});
