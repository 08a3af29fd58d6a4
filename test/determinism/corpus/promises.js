// Async functions settle inside of the call, in one order; what never settles is left behind.
const order = [];
const at = (name) => (value) => { order.push(`${name} ${value instanceof Error ? value.message : value}`); return value; };
const sleep = async (turns) => { for (let i = 0; i < turns; i++) await null; return turns; };
async function work(name, turns) {
  at(name)("starts");
  await sleep(turns);
  at(name)("ends");
  if (turns === 3) throw new Error(`${name} fails`);
  return name;
}
const thenable = { then(resolve, reject) { at("then")("called"); resolve({ then: (inner) => inner("twice") }); reject("late"); } };
async function* stream() { for (let i = 0; i < 3; i++) { await sleep(i); yield i; } }
return (async () => {
  const results = await Promise.allSettled([work("a", 2), work("b", 3), work("c", 0), thenable, 5]);
  show(results, order);
  order.length = 0;
  Promise.resolve(1).then(at("1")).finally(() => at("f")("")).then(at("2"));
  queueMicrotaskOr(() => at("micro")(""));
  new Promise(() => {}).then(at("never"));
  Promise.reject(new Error("nobody catches this"));
  for await (const each of stream()) at("stream")(each);
  show(order, await Promise.race([sleep(5), sleep(2), new Promise(() => {})]), await Promise.any([Promise.reject(1), sleep(1)]));
  try {
    await Promise.any([Promise.reject(1), Promise.reject(new Error("two"))]);
  } catch (error) {
    show(error.name, error.message, error.errors.map(String));
  }
  try {
    await work("stack", 3);
  } catch (error) {
    show(error);
  }
  const { promise, resolve } = Promise.withResolvers?.() ?? {};
  resolve?.(promise);
  show(await promise?.catch((error) => error.message), await Promise.try?.(() => 7), typeof setTimeout, typeof queueMicrotask);
  let total = 0;
  for (let i = 0; i < 500; i++) total += await i;
  await Promise.all(Array.from({ length: 100 }, async (_, i) => { await sleep(i % 5); order.push(i); }));
  show(total, order);
  const array = await Array.fromAsync?.(stream(), async (n) => n * 2);
  show(array);
})();
function queueMicrotaskOr(act) {
  if (typeof queueMicrotask === "function") queueMicrotask(act);
  else Promise.resolve().then(act);
}
