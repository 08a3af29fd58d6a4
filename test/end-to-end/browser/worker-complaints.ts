import type { Worker } from "playwright-core";

/** Runs in the worker, behind what its script does at once. */
const listeners = `
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  console.error("content security policy: " + effectiveDirective + " refused " + blockedURI);
});
if ("skipWaiting" in globalThis) {
  addEventListener("error", ({ message }) => console.error("uncaught: " + message));
  addEventListener("unhandledrejection", ({ reason }) => console.error("uncaught: " + reason));
}
`;

/** Of workers nobody hears what a policy refused, and of service workers not even the exceptions that nobody caught. */
export async function complainOnConsole(worker: Worker): Promise<void> {
  // One that has ended has nothing more to say.
  await worker.evaluate(listeners).catch(() => {});
}
