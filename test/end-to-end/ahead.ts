/** Preloaded into a process: its clock goes ahead by so many milliseconds with each SIGUSR2. */
const stepMs = Number(process.env["KITH_CLOCK_STEP_MS"]);
const now = Date.now;
let aheadMs = 0;
Date.now = () => now() + aheadMs;
process.on("SIGUSR2", () => {
  aheadMs += stepMs;
});
