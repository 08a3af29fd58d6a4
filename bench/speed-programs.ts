/** What services do, each in a loop of about a millisecond; a source's value is the function that is run. */
export const speedPrograms: Readonly<Record<string, string>> = {
  "calls and numbers": `
    function fibonacci(n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
    (() => fibonacci(17));`,
  "objects and maps": `
    (() => {
      const byName = new Map();
      for (let i = 0; i < 1000; i++) byName.set("n" + (i % 100), { id: i, next: { id: i + 1 } });
      let sum = 0;
      for (const { id, next } of byName.values()) sum += id + next.id;
      return sum;
    });`,
  "bytes and words": `
    const bytes = new Uint8Array(256);
    const view = new DataView(bytes.buffer);
    (() => {
      let sum = 0;
      for (let i = 0; i < 2000; i++) {
        view.setUint32((4 * i) & 252, i, true);
        sum = (sum + view.getUint16((2 * i) & 252, true)) >>> 0;
      }
      return bytes.slice(0, 128).length + sum;
    });`,
  "texts and sorting": `
    (() => {
      const words = [];
      for (let i = 0; i < 300; i++) words.push("word " + ((i * 7919) % 1000).toString(16));
      return words.sort().join(",").split(",").map((word) => word.toUpperCase()).length;
    });`,
  JSON: `
    const row = { account: "alice", amounts: [1, 2, 3.5], memo: "for bread", inner: { yes: true } };
    (() => {
      let size = 0;
      for (let i = 0; i < 50; i++) size += JSON.stringify(JSON.parse(JSON.stringify(row))).length;
      return size;
    });`,
  "big integers": `
    (() => {
      let sum = 1n;
      for (let i = 1n; i < 1000n; i++) sum = (sum * 31n + i) % 18446744073709551615n;
      return sum;
    });`,
  "regular expressions": `
    (() => {
      let found = 0;
      for (let i = 0; i < 200; i++) if (/^([0-9]{1,20})(?:\\\\.([0-9]{1,20}))?$/.test(i + ".25")) found++;
      return found;
    });`,
};
