// Cycles of every kind under pressure; when they are collected must not show, and costs the same everywhere.
class Node {
  constructor(value) {
    this.value = value;
    this.self = this;
    this.closure = () => this.value;
  }
}
let alive = [];
let sum = 0;
for (let round = 0; round < 30; round++) {
  const ring = Array.from({ length: 120 }, (_, i) => new Node(round * 1000 + i));
  ring.forEach((node, i) => {
    node.next = ring[(i + 1) % ring.length];
    node.previous = ring.at(i - 1);
    node.map = new Map([[node, ring]]);
    node.weak = new WeakMap([[node, node]]);
    node.promise = new Promise((resolve) => { node.resolve = resolve; });
    node.generator = (function* () { yield node; })();
    node.generator.next();
    node.proxy = new Proxy(node, {});
    node.bound = Node.prototype.constructor.bind(node);
    node.error = round % 10 === 0 ? new Error("holds a stack") : undefined;
  });
  if (round % 7 === 0) alive.push(ring[0]);
  sum += ring[5].closure() + ring[3].next.value;
}
show(sum, alive.map((node) => [node.value, node.previous.value, node.map.get(node).length, node.weak.get(node) === node]));
alive = undefined;
let text = "";
for (let i = 0; i < 20000; i++) {
  text = `${i % 100}${text.slice(0, 50)}`;
  const temporary = { text, pair: [text, i] };
  temporary.me = temporary;
}
show(text);
