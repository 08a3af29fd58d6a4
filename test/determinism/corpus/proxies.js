// Each trap in the order in which the engine asks, and the invariants that it keeps.
const log = [];
const traps = Object.fromEntries(["get", "set", "has", "deleteProperty", "ownKeys", "getOwnPropertyDescriptor", "defineProperty", "getPrototypeOf", "setPrototypeOf", "isExtensible", "preventExtensions", "apply", "construct"].map((name) => [name, (...given) => {
  log.push(`${name} ${typeof given[1] === "symbol" ? String(given[1]) : typeof given[1] === "string" ? given[1] : ""}`);
  return Reflect[name](...given);
}]));
const target = function (a, b) { return new.target ? { a } : a + b; };
Object.assign(target, { x: 1, y: 2, 3: 3 });
const proxy = new Proxy(target, traps);
const actions = [
  () => proxy.x, () => (proxy.z = 5), () => "x" in proxy, () => delete proxy.y, () => Object.keys(proxy), () => ({ ...proxy }), () => proxy(1, 2), () => new proxy(7),
  () => Object.getPrototypeOf(proxy) === Function.prototype, () => proxy instanceof Function, () => Object.isExtensible(proxy), () => Object.defineProperty(proxy, "d", { value: 1 }) === proxy,
  () => { const keys = []; for (const key in proxy) keys.push(key); return keys; }, () => JSON.stringify(proxy), () => Object.entries(proxy), () => Object.isFrozen(proxy), () => Object.freeze(proxy) === proxy, () => typeof proxy, () => `${proxy.name}`, () => Array.isArray(new Proxy([], {})), () => Object.prototype.toString.call(proxy), () => [].concat(new Proxy([1, 2], traps)), () => Object.assign({}, proxy), () => Reflect.ownKeys(proxy),
];
for (const act of actions) {
  log.length = 0;
  try {
    show(String(act), act(), log);
  } catch (error) {
    show(String(act), error.name, error.message, log);
  }
}
const liars = [
  [{ get: () => 2 }, (p) => p.fixed], [{ has: () => false }, (p) => "fixed" in p], [{ ownKeys: () => [] }, (p) => Object.keys(p)], [{ ownKeys: () => ["a", "a"] }, (p) => Object.keys(p)], [{ ownKeys: () => [1] }, (p) => Object.keys(p)],
  [{ deleteProperty: () => true }, (p) => delete p.fixed], [{ getOwnPropertyDescriptor: () => undefined }, (p) => Object.getOwnPropertyDescriptor(p, "fixed")], [{ getPrototypeOf: () => 1 }, (p) => Object.getPrototypeOf(p)], [{ isExtensible: () => false }, (p) => Object.isExtensible(p)], [{ preventExtensions: () => true }, (p) => Object.preventExtensions(p)], [{ set: () => false }, (p) => { "use strict"; p.x = 1; }], [{ get: 5 }, (p) => p.x],
];
for (const [handler, act] of liars) {
  try {
    show(act(new Proxy(Object.defineProperty({}, "fixed", { value: 1 }), handler)));
  } catch (error) {
    show(error.name, error.message);
  }
}
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
for (const act of [() => revoked.x, () => typeof revoked, () => Array.isArray(revoked), () => new Proxy(revoked, {}) && "made", () => Object.keys(revoked)]) {
  try {
    show(act());
  } catch (error) {
    show(error.name, error.message);
  }
}
