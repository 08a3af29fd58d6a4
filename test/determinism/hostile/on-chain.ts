import type { HostileProgram } from "../hostile-program.ts";

/** A packed row of the table that these programs declare: a key, and bytes. */
const helpers = `
  const le = (n) => [n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >> 24) & 255];
  const be = (n) => le(n).reverse();
  const row = (key, size) => [8, 0, ...le(key), 4, 0, 0, 0, ...le(size), ...new Array(size).fill(7)];
  const put = (key, size = 8) => kith.ask(17, row(key, size), 0);
  const event = [...Array.from("happened", (c) => c.charCodeAt(0)), ...row(1, 8)];
  const { words, window, host } = kith;
  // The same call again and again, as cheap for the guest as it can be.
  const again = (operation, input, ...more) => {
    window.set(input);
    const { length } = input;
    for (;;) {
      words[1] = length;
      for (let i = 0; i < more.length; i++) words[2 + i] = more[i];
      host(operation);
    }
  };
`;

/** Ask the node for what it does itself, as often as their fuel allows. */
export const onChain: readonly HostileProgram[] = [
  ["get of a row", "put(1); again(15, be(1), 0);"],
  ["get of a large row", "put(1, 60000); again(15, be(1), 0);"],
  ["get of nothing", "again(15, be(9), 0);"],
  ["get of many keys", "for (let i = 0; ; i++) kith.ask(15, be(i), 0);"],
  ["range of nothing", "again(16, [], 0, 0, -1, -1, 0, 1000);"],
  [
    "range of many rows",
    "for (let i = 0; i < 1000; i++) put(i); again(16, [], 0, 0, -1, -1, 0, 1000);",
  ],
  [
    "range backwards",
    "for (let i = 0; i < 1000; i++) put(i); again(16, [], 0, 0, -1, -1, 1, 1000);",
  ],
  [
    "range of large rows",
    "for (let i = 0; i < 30; i++) put(i, 60000); again(16, [], 0, 0, -1, -1, 0, 30);",
  ],
  ["puts of one row", "for (;;) put(1);"],
  ["puts of new rows", "for (let i = 0; ; i++) put(i);"],
  ["puts of large rows", "for (let i = 0; ; i++) put(i % 100, 60000);"],
  ["puts and removes", "for (let i = 0; ; i++) { put(i); kith.ask(18, be(i), 0); }"],
  ["removes of nothing", "again(18, be(9), 0);"],
  ["events", "again(20, event, 8);", "too-many-events"],
  ["calls of itself", "for (;;) kith.call('program');", "call-too-deep"],
  ["calls of nobody", "for (;;) kith.call('nobody');", "service-unknown"],
  ["calls of another", "for (;;) kith.call('accounts');", "method-unknown"],
  ["hashes", "again(7, []);"],
  ["hashes of windows", "again(7, new Uint8Array(65472));"],
  ["signatures", "again(8, new Array(200).fill(3));"],
  ["signatures of points", "again(9, [4, ...new Array(200).fill(3)]);"],
  ["texts", "const t = 'ä'.repeat(20000); for (;;) { words[1] = 0; host(2, t); }"],
  ["short texts", "for (;;) { words[1] = 0; host(2, 'a'); }"],
  ["hex", "again(5, new Uint8Array(65472));"],
  ["bytes of hex", "const t = 'ab'.repeat(30000); for (;;) { words[1] = 0; host(6, t); }"],
  ["validity of texts", "again(4, new Uint8Array(65472).fill(97));"],
  ["bytes as text", "again(3, new Uint8Array(65472).fill(97));"],
  ["claims", "again(14, []);"],
  ["the sender", "again(11, []);"],
  ["the block", "again(13, []);"],
  ["log lines", "const t = 'x'.repeat(60000); for (;;) { words[1] = 0; host(21, t); }"],
  ["console", "for (let i = 0; ; i++) console.log(i, { a: [i] });"],
  ["append", "again(0, new Uint8Array(65472));"],
  ["refusals", "again(22, [], 0);", "sql-unavailable"],
  ["refusals of what others may", "again(24, [], 0, 0);"],
].map(([name = "", text = "", end = "out-of-fuel"]) => ({
  name: `on a chain: ${name}`,
  text: `${helpers}${text}`,
  ends: [end],
}));
