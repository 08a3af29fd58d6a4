import assert from "node:assert/strict";
import { test } from "node:test";

import { runScript, type ScriptResult } from "./ccf-runner.ts";

function assertPassed({ failure }: ScriptResult): void {
  const told = failure === undefined ? "passed" : `${failure.line.text}: ${failure.reason}`;
  assert.equal(told, "passed");
}

const start = "start_node,0\nemit_signature,2\n";

test("comments, blank lines, spaces, carriage returns and text behind ==== do not count", () => {
  const result = runScript(
    `# a comment\r\n\r\n  start_node, 0  # the first node\r\nemit_signature,2\r\nassert_commit_idx,0,2\r\n====\r\nnonsense\r\n`,
  );
  assert.equal(result.failure, undefined);
  assert.equal(result.passed, 3);
});

test("a wrong assertion fails, names its line and ends the script", () => {
  const result = runScript(`${start}assert_commit_idx,0,3\nassert_commit_idx,0,2\n`);
  assert.equal(result.failure?.line.number, 3);
  assert.match(result.failure?.reason ?? "", /commit index is 2/);
  assert.equal(result.passed, 2);
});

test("commands, nodes and leaders that are not there fail", () => {
  for (const line of [
    "frobnicate,0",
    "assert_detail,9,leadership_state,Leader",
    "replicate,7,nobody leads term 7",
    "periodic_one,0,soon",
    "assert_detail,0,colour,red",
    "emit_signature",
    "start_node,1",
  ]) {
    assert.notEqual(runScript(`${start}${line}\n`).failure, undefined, line);
  }
});

test("only closed batches commit", () => {
  const result = runScript(
    `${start}replicate,2,text\nassert_commit_idx,0,2\nassert_last_txid,0,2.3\nemit_signature,2\nassert_commit_idx,0,4\n`,
  );
  assert.equal(result.failure, undefined);
});

test("a batch that is open when its leader steps down is gone", () => {
  const result = runScript(
    `${start}trust_nodes,2,1,2\nemit_signature,2\ndispatch_all\nperiodic_all,10\ndispatch_all\nperiodic_all,10\ndispatch_all
replicate,2,lost\nassert_last_txid,0,2.5\nperiodic_one,1,100\ndispatch_all\nassert_detail,1,leadership_state,Primary
assert_last_txid,0,2.4\nemit_signature,3\nperiodic_all,10\ndispatch_all\nperiodic_all,10\ndispatch_all\nassert_state_sync\nassert_commit_idx,2,5\n`,
  );
  assertPassed(result);
});

test("CCF's retirement protocol is not applicable, and never counted as passed", () => {
  const result = runScript(
    `${start}swap_nodes,2,out,0,in,1\nassert_detail,0,membership_state,Retired\nassert_detail,0,retirement_phase,Ordered
emit_signature,2\nperiodic_all,10\ndispatch_all\nperiodic_all,10\ndispatch_all\nassert_commit_idx,0,4\ncleanup_nodes,2,0
emit_signature,2\nperiodic_all,10\ndispatch_all\nassert_detail,1,leadership_state,Leader\nassert_detail,0,leadership_state,None\n`,
  );
  assertPassed(result);
  assert.deepEqual(
    result.notApplicable.map(({ line }) => line.command),
    ["assert_detail", "cleanup_nodes"],
  );
});

test("swap_node and swap_nodes take their lists in any order", () => {
  for (const line of ["swap_node,2,1,3", "swap_nodes,2,in,3,out,1", "swap_nodes,2,out,1,in,3"]) {
    const result = runScript(
      `${start}trust_nodes,2,1,2\nemit_signature,2\nloop_until_sync\n${line}\nemit_signature,2\nloop_until_sync
assert_detail,1,membership_state,Retired\nassert_detail,3,membership_state,Active\nassert_commit_safety,0\n`,
    );
    assertPassed(result);
  }
});

test("messages can be dropped, turned around and delivered one by one", () => {
  const result = runScript(
    `nodes,0,1\nconnect,0,1\nperiodic_one,0,100\nassert_detail,0,leadership_state,Candidate\nshuffle_one,0\nshuffle_all
dispatch_single,0,1\ndrop_pending_to,1,0\nassert_detail,0,leadership_state,Candidate\nperiodic_one,0,100\ndispatch_one,0
dispatch_all_once\nassert_detail,0,leadership_state,Leader\ndrop_pending,0\nassert_!detail,1,leadership_state,Leader\nstate_all\n`,
  );
  assertPassed(result);
});

test("a configuration that comes while another is not final waits for it", () => {
  assertPassed(
    runScript(
      `${start}trust_node,2,1\nemit_signature,2\ntrust_node,2,2\nemit_signature,2\nperiodic_all,10\ndispatch_all
periodic_all,10\ndispatch_all\nperiodic_all,10\ndispatch_all\nassert_commit_idx,0,6\nperiodic_all,10\ndispatch_all\nassert_state_sync
disconnect_node,0\nperiodic_one,2,100\ndispatch_all\nassert_detail,2,leadership_state,Leader\n`,
    ),
  );
});
