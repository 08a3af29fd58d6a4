import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";
import { StoreBroken } from "@kith/store/store-broken";

import {
  explainCopiesMissing,
  explainFault,
  explainListen,
  explainMissingEvents,
  explainNote,
  explainStart,
} from "./explain.ts";
import { restoreMessage } from "./restore.ts";

const voteLost = {
  "log-corrupt": explainStart({ code: "log-corrupt", file: "log.db-wal", why: "frames-missing" }),
  "vote-corrupt": explainStart({ code: "vote-corrupt" }),
  "log-unreadable": explainStart({
    code: "log-unreadable",
    sqliteCode: "SQLITE_NOTADB",
    message: "file is not a database",
  }),
  "state-ahead-of-log": restoreMessage({ code: "state-ahead-of-log", applied: 9, last: 4 }),
  "state-behind-log": restoreMessage({ code: "state-behind-log", applied: 3, first: 9 }),
  "state-of-other-log": restoreMessage({ code: "state-of-other-log", applied: 3 }),
  "copies-missing": explainCopiesMissing({ code: "copies-missing", nums: [4, 5] }),
  "block-lost": explainCopiesMissing({ code: "block-lost", num: 4 }),
};

for (const [code, text] of Object.entries(voteLost)) {
  test(`${code} sends the node back in, in an older folder as a whole or as a new one, never with an older log alone`, () => {
    assert.match(text, /Move the whole data folder aside and keep it/);
    assert.match(text, /as a new node: --join URL/);
    assert.match(text, /only follows until the other producers have told it/);
    assert.match(text, /Do not put back log\.db alone/);
    assert.doesNotMatch(text, /restore/i);
  });
}

test("a damaged log says which file and where, as far as that is known", () => {
  const at = explainStart({
    code: "log-corrupt",
    file: "log.db-wal",
    why: "frames-missing",
    offset: 4128,
  });
  assert.match(at, /^log\.db-wal is damaged \(frames-missing at byte 4128\)/);
  assert.match(voteLost["log-corrupt"], /^log\.db-wal is damaged \(frames-missing\):/);
  assert.match(voteLost["log-unreadable"], /SQLITE_NOTADB: file is not a database/);
  assert.match(voteLost["state-ahead-of-log"], /executed block 9, log\.db ends at 4/);
  assert.match(voteLost["state-behind-log"], /ends at block 3, log\.db starts at 9/);
});

for (const code of ["log-unreadable", "state-unreadable", "events-unreadable"] as const) {
  for (const sqliteCode of ["SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"]) {
    test(`${code} because of ${sqliteCode} asks for room, not to delete or move anything of the node`, () => {
      const text = explainStart({ code, sqliteCode, message: "no room" });
      assert.match(
        text,
        /^(log|state|events)\.db: the disk is full; make room and start the node again/,
      );
      assert.doesNotMatch(text, /[Dd]elete|[Mm]ove/);
    });
  }
}

test("a folder in use names the process that has it", () => {
  const known = explainStart({ code: "folder-in-use", folder: "/data", pid: 17 });
  assert.match(known, /^\/data is in use by another node \(process 17\); stop it, or name another/);
  assert.match(explainStart({ code: "folder-in-use", folder: "/data" }), /process unknown/);
});

test("a folder that cannot be used says why and what to do", () => {
  const text = explainStart({ code: "folder-unusable", folder: "/data", message: "EACCES" });
  assert.equal(
    text,
    "/data cannot be used (EACCES); make it writable for this user, or name another --data",
  );
});

test("data of a newer release ask for an upgrade, data of another network for another folder", () => {
  const newer = explainStart({
    code: "schema-too-new",
    version: 7,
    versionKnown: 3,
  });
  assert.match(newer, /newer release \(schema 7, this one knows 3\); upgrade/);
  assert.match(explainStart({ code: "other-chain", chain: "00ff" }), /network 00ff; name another/);
});

test("the state may be deleted, because the log makes it again", () => {
  const text = explainStart({
    code: "state-unreadable",
    sqliteCode: "SQLITE_CORRUPT",
    message: "malformed",
  });
  assert.match(text, /SQLITE_CORRUPT: malformed\)\. Delete state\.db\*: it is made again/);
});

test("so may events be, and missing ones are told of with what makes them again", () => {
  const text = explainStart({
    code: "events-unreadable",
    sqliteCode: "SQLITE_NOTADB",
    message: "no database",
  });
  assert.match(text, /SQLITE_NOTADB: no database\)\. Delete events\.db\*.* delete state\.db\* too/);
  assert.match(explainStart({ code: "events-of-other-chain", chain: "ab" }), /network ab; move it/);
  assert.match(explainMissingEvents(9, 4) ?? "", /no events of blocks 5 to 9\. .* state\.db\*/);
  assert.equal(explainMissingEvents(9, 9), undefined);
  assert.equal(explainMissingEvents(8, 9), undefined);
});

test("what was found and does not keep the node from running is told as it is", () => {
  assert.match(explainNote({ kind: "torn-tail", frames: 3 }), /dropped \(3 frames\)/);
  const damaged = explainNote({ kind: "corrupt-blocks", nums: [blockNumOf(4), blockNumOf(7)] });
  assert.match(damaged, /^blocks 4, 7 of log\.db are damaged and will be fetched/);
  assert.match(restoreMessage({ code: "blocks-damaged", nums: [blockNumOf(5)] }), /^blocks 5 of/);
});

const fault = (code: string): Error => Object.assign(new Error("no"), { code });

test("a port that cannot be had says whether somebody else has it, and what to name instead", () => {
  const place = { port: 8080, hostname: "127.0.0.1" };
  assert.equal(
    explainListen(fault("EADDRINUSE"), place),
    "port 8080 is in use by another program; stop it, or name another --port",
  );
  assert.match(
    explainListen(fault("EACCES"), place),
    /may not be used by this user; name one from/,
  );
  assert.match(
    explainListen(fault("EADDRNOTAVAIL"), place),
    /\(no\); name an address .* --listen$/,
  );
  assert.match(explainListen("odd", place), /127\.0\.0\.1 port 8080 \(odd\)/);
});

test("the system's refusals are told in words, faults of the program with their place", () => {
  const refused = Object.assign(new Error("EACCES: permission denied, open 'node.pem'"), {
    code: "EACCES",
    syscall: "open",
  });
  assert.equal(
    explainFault(refused),
    "EACCES: permission denied, open 'node.pem'; look at the disk and at the rights of the data folder",
  );
  const broken = explainFault(new StoreBroken("log.db", "SQLITE_FULL", "no room"));
  assert.match(broken, /^log\.db: the disk is full; make room and start the node again/);
  assert.doesNotMatch(broken, /\n/);
  assert.match(explainFault(new TypeError("a bug")), /TypeError: a bug\n.*explain\.test/s);
  assert.equal(explainFault("thrown"), "thrown");
});
