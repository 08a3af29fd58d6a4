import { runScript } from "../scenarios/ccf-runner.ts";
import { notApplicable, type CaseResult, type Shape } from "./shape.ts";

/** CCF's scripts of Raft behaviour: one command a line; a line that fails ends its script. */
export const raftCcfShape: Shape = {
  name: "Raft scenario",
  matches: ({ text }) => /^(start_node|nodes|create_new_node),/m.test(text),
  run: ({ text }) => {
    const { passed, notApplicable: others, failure } = runScript(text);
    const results: CaseResult[] = Array.from({ length: passed }, (_, index) => ({
      outcome: "passed",
      name: `command ${index + 1}`,
    }));
    for (const { line, reason } of others) {
      results.push(notApplicable(`line ${line.number}: ${line.text}`, reason));
    }
    if (failure !== undefined) {
      const name = `line ${failure.line.number}: ${failure.line.text}`;
      results.push({ outcome: "failed", name, detail: failure.reason });
    }
    return results;
  },
};
