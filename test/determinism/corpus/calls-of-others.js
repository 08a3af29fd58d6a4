// The machine calls another service in the middle of this one; both have memories of their own.
globalThis.mark = (globalThis.mark ?? 0) + 1;
show("mine", globalThis.mark, Object.keys(Object.prototype));
show(kith.call("other"), kith.call("other"), globalThis.mark, kith.call("nobody"), kith.call("Bad Name"));
show(kith.call("throws"), kith.call("deep"));
