import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection } from "./sqlite.ts";

test("a statement runs with its own values, however it ran before", () => {
  const connection = new Connection(":memory:");
  connection.exec("CREATE TABLE t (k INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)");
  const statement = connection.prepare("SELECT k FROM t WHERE k >= ? LIMIT 1");
  assert.deepEqual(statement.all(2), [[2]]);
  assert.deepEqual(statement.get(3), [3]);
  statement.run(1);
  assert.deepEqual(statement.get(2), [2]);
  assert.deepEqual(statement.all(1), [[1]]);
  assert.equal(statement.get(4), undefined);
  connection.close();
});

test("a statement that failed can be run again", () => {
  const connection = new Connection(":memory:");
  connection.exec("CREATE TABLE t (k INTEGER PRIMARY KEY)");
  const insert = connection.prepare("INSERT INTO t VALUES (?)");
  insert.run(1);
  assert.throws(() => insert.run(1), { code: "SQLITE_CONSTRAINT_PRIMARYKEY" });
  insert.run(2);
  assert.deepEqual(connection.prepare("SELECT count(*) FROM t").get(), [2]);
  connection.close();
});
