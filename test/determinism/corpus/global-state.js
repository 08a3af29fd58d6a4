// What a program does to shared objects stays in its instance: three runs see the same beginning.
show(Object.keys(globalThis), globalThis.polluted, Object.prototype.polluted, [].polluted, typeof kithHost, kithRegion.byteLength, Array.prototype.filter.name);
Object.prototype.polluted = "o";
Array.prototype.polluted = "a";
Array.prototype.filter = () => "mine";
globalThis.polluted = true;
JSON.stringify = undefined;
delete globalThis.Map;
show([1].filter(), typeof Map, ({}).polluted);
