import assert from "node:assert/strict";
import { test } from "node:test";

import { brandAccountName } from "@kith/protocol/ids";

import { appliedRecord, newFolder, openedState } from "../fixtures.ts";
import { sqlCharsMax, sqlColumnsMax, sqlParametersMax, sqlRowsMax } from "../limits.ts";
import { openStateReader } from "../state-reader.ts";
import { balanceColumns, balanceKey, balanceRow } from "../tables/fixtures.ts";

const tokens = brandAccountName("tokens");
const others = brandAccountName("others");

/** Two services with a table each, of the same name, and a reader on a connection of its own. */
async function opened() {
  const folder = newFolder();
  const state = openedState(folder);
  state.begin();
  for (const service of [tokens, others]) {
    const tables = [{ number: 0, columns: balanceColumns("balances") }];
    state.declareTables(service, { revision: "1", tables });
    for (const [owner, amount] of Object.entries({ alice: 5n, bob: 2n ** 63n + 7n, carol: 9n })) {
      const row = balanceRow(owner, service === tokens ? amount : 1n);
      state.putRow({ service, space: 0, key: balanceKey(owner) }, row);
    }
  }
  state.commit(appliedRecord(1));
  await state.write();
  const reader = openStateReader(folder);
  const ask = (statement: string, parameters: readonly unknown[] = [], service = tokens) =>
    reader.read((rows) => rows.sql(service, statement, JSON.stringify(parameters)));
  const close = async (): Promise<void> => {
    reader.close();
    await state.close();
  };
  return { ask, close, reader, state };
}

const { ask, close, reader, state } = await opened();

function rowsOf(statement: string, parameters: readonly unknown[] = [], service = tokens): unknown {
  const result = ask(statement, parameters, service);
  assert.ok(result.ok, JSON.stringify(result));
  return JSON.parse(result.value);
}

function codeOf(statement: string, parameters: readonly unknown[] = []): string {
  const result = ask(statement, parameters);
  assert.ok(!result.ok, `${statement} gave ${result.ok ? result.value : ""}`);
  return `${result.error.code}: ${result.error.message}`;
}

test("a service sees its tables by their own names, with typed columns, and no others", () => {
  assert.deepEqual(rowsOf("SELECT owner, amount FROM balances WHERE owner < 'b'"), [
    { owner: "alice", amount: 5 },
  ]);
  assert.deepEqual(rowsOf("select sum(amount) as total, count(*) from BALANCES", [], others), [
    { total: 3, "count(*)": 3 },
  ]);
  assert.deepEqual(rowsOf('SELECT * FROM "balances" WHERE amount > ? LIMIT 1;', [8]), [
    { owner: "bob", token: "kith", amount: "09223372036854775815" },
  ]);
  assert.deepEqual(
    rowsOf("SELECT owner FROM balances ORDER BY amount DESC"),
    ["bob", "carol", "alice"].map((owner) => ({ owner })),
  );
  const joined = `WITH rich AS (SELECT * FROM balances WHERE amount >= 9)
    SELECT r.owner, b.owner AS other FROM rich r JOIN balances b ON b.owner > r.owner -- why
    /* not */ ORDER BY r.owner`;
  assert.deepEqual(rowsOf(joined), [{ owner: "bob", other: "carol" }]);
});

test("values go in and come out as they are", () => {
  const values = `SELECT ?, ? AS b, ?, ?, x'00FFfe' AS bytes, 'é' || '""' AS text, 1.5, -0.0, 9007199254740993 AS big,
    NULL, "amount" FROM balances WHERE owner = 'carol'`;
  assert.deepEqual(rowsOf(values, [1, "x\0y", true, null]), [
    {
      "?": 1,
      b: "x\0y",
      "?:1": 1,
      "?:2": null,
      bytes: "00FFFE",
      text: 'é""',
      "1.5": 1.5,
      "-0.0": 0,
      big: "9007199254740993",
      NULL: null,
      amount: 9,
    },
  ]);
  assert.deepEqual(rowsOf("VALUES (1e999, typeof(?), typeof(?))", [5, 5.5]), [
    { column1: "Infinity", column2: "integer", column3: "real" },
  ]);
  assert.deepEqual(rowsOf("SELECT key, value FROM json_each(?)", ['{"a":[1]}']), [
    { key: "a", value: "[1]" },
  ]);
});

test("texts that are no UTF-8 do not end the process", () => {
  const bad = "CAST(x'ff41' AS TEXT)";
  assert.deepEqual(rowsOf(`SELECT ${bad} AS t`), [{ t: "\ufffdA" }]);
  assert.deepEqual(rowsOf("SELECT x'c3' || '' AS t"), [{ t: "\ufffd" }]);
  assert.match(codeOf(`SELECT json_extract('{}', ${bad})`), /^sql-failed/);
  for (const pattern of ["é\u{7f}*", "\u{7f}*", "\u00bf*", "\u{fffff}*", "a*"]) {
    rowsOf(`SELECT * FROM balances WHERE owner GLOB '${pattern}'`);
    rowsOf("SELECT * FROM balances WHERE owner GLOB ?", [pattern]);
  }
  assert.match(codeOf('SELECT * FROM balances WHERE owner GLOB "\u{7f}*"'), /no such column/);
});

test("tables of others, of the node and of SQLite are closed", () => {
  for (const name of [
    '"others.balances"',
    'main."others.balances"',
    "[others.balances]",
    "'others.balances'",
    "applied",
    "tree_nodes",
    "receipts",
    "declared_tables",
    "sqlite_schema",
    "sqlite_master",
    "main.sqlite_master",
    "temp.sqlite_master",
    "sqlite_temp_master",
  ]) {
    assert.match(codeOf(`SELECT * FROM ${name}`), /^sql-not-allowed/, name);
  }
  assert.match(
    codeOf('SELECT (SELECT count(*) FROM "others.balances") FROM balances'),
    /^sql-not-allowed: queries may not use tables of others/,
  );
  assert.match(codeOf("SELECT 1 FROM balances WHERE EXISTS (SELECT 1 FROM receipts)"), /^sql-not/);
  assert.match(codeOf("SELECT * FROM nowhere"), /^sql-malformed: .*no such table/);
  assert.deepEqual(rowsOf('SELECT owner FROM main."tokens.balances" WHERE owner = ?', ["bob"]), [
    { owner: "bob" },
  ]);
});

test("virtual tables are closed, whatever they are called", () => {
  for (const from of [
    "pragma_table_info('x')",
    "pragma_database_list",
    '"pragma_function_list"',
    "dbstat",
    "sqlite_dbpage",
    "fsdir('/')",
    "generate_series(1, 1000)",
    "sqlite_stmt",
    "'fsdir'('/')",
    "json_each('[]') JOIN `fsdir`('/')",
    "json_each('[]'), pragma_module_list",
  ]) {
    assert.match(codeOf(`SELECT * FROM ${from}`), /^sql-(not-allowed|malformed)/, from);
  }
});

test("functions that read clocks, files, settings or chance are closed", () => {
  for (const call of [
    "random()",
    "randomblob(4)",
    "zeroblob(1000000000)",
    "datetime('now')",
    "date(?)",
    "strftime('%s', 'now')",
    "unixepoch()",
    "julianday('now')",
    "CURRENT_TIMESTAMP",
    "current_date",
    "load_extension('x')",
    "readfile('/etc/passwd')",
    "writefile('/tmp/x', 'x')",
    "changes()",
    "total_changes()",
    "last_insert_rowid()",
    "sqlite_version()",
    "sqlite_source_id()",
    "sqlite_compileoption_get(1)",
    "uuid()",
    "printf('%1000000000d', 1)",
    "replicate('x', 1000000000)",
    "padl('x', 1000000000)",
    "fts3_tokenizer('x')",
    "sqlite_crypt('a', 'b')",
    "`random`()",
    '"random"()',
    "RANDOM()",
    "max(1, random())",
    "(SELECT random())",
  ]) {
    const parameters = call.includes("?") ? ["now"] : [];
    assert.match(codeOf(`SELECT ${call}`, parameters), /^sql-(not-allowed|malformed)/, call);
    const where = `SELECT * FROM balances WHERE owner = ${call}`;
    assert.match(codeOf(where, parameters), /^sql-(not-allowed|malformed)/, call);
  }
});

test("whatever is no single query is refused before SQLite prepares it", () => {
  for (const statement of [
    "",
    "  -- nothing",
    ";",
    "DELETE FROM balances",
    "INSERT INTO balances VALUES (1, 2, 3)",
    "PRAGMA query_only = OFF",
    "ATTACH ':memory:' AS x",
    "BEGIN",
    "COMMIT",
    "EXPLAIN SELECT 1",
    "CREATE TEMP TABLE x (y)",
    "VACUUM INTO '/tmp/x'",
    "SELECT 1; SELECT 2",
    "SELECT 1; PRAGMA query_only = OFF",
    "/* SELECT */ DROP TABLE balances",
  ]) {
    assert.match(codeOf(statement), /^sql-not-a-query/, statement);
  }
  for (const statement of [
    "WITH x AS (SELECT 1) DELETE FROM balances",
    "WITH x AS (SELECT 1) INSERT INTO balances SELECT * FROM x",
    "WITH x AS (SELECT 1) DELETE FROM balances RETURNING owner",
    "SELECT 1 RETURNING 2",
    "SELECT 1) , y AS (SELECT 2",
    'SELECT 1) SELECT * FROM (SELECT * FROM "others.balances"',
    "SELECT (1",
    "SELECT 1 /* not closed",
    "SELECT 'not closed",
    'SELECT "not closed',
    "SELECT [not closed",
    "SELECT x'4'",
    "SELECT 1\0",
    "SELECT '\0'",
    "SELECT\ufeff1",
    "SELECT ?1",
    "SELECT :name",
    "SELECT @name",
    "SELECT $name",
    "SELECT 1abc",
    "SELECT \\",
    "SELECT",
    "SELECT * FROM balances WHERE",
  ]) {
    assert.match(codeOf(statement), /^sql-malformed/, JSON.stringify(statement));
  }
});

function count(rows: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT ${rows}`;
}

test("a statement, its parameters and its result have limits", () => {
  assert.match(codeOf(`SELECT '${"x".repeat(sqlCharsMax)}'`), /^sql-too-long/);
  assert.match(codeOf("SELECT ?"), /^sql-parameters-wrong: .* 1 parameters, and 0/);
  assert.match(codeOf("SELECT ?", [1, 2]), /^sql-parameters-wrong/);
  assert.match(codeOf("SELECT ?", [[1]]), /^sql-parameters-malformed/);
  assert.match(codeOf("SELECT ?", [{}]), /^sql-parameters-malformed/);
  const marks = Array.from({ length: sqlParametersMax + 1 }, () => "?");
  assert.match(codeOf(`SELECT max(${marks.join()})`, marks), /^sql-not-allowed/);
  const columns = Array.from({ length: sqlColumnsMax + 1 }, (_, at) => at);
  assert.match(codeOf(`SELECT ${columns.join()}`), /^sql-too-many-columns/);
  const counted = rowsOf(count(sqlRowsMax));
  assert.ok(Array.isArray(counted) && counted.length === sqlRowsMax);
  assert.match(codeOf(count(sqlRowsMax + 1)), /^sql-result-too-large/);
  assert.match(
    codeOf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"),
    /^sql-result-too-large/,
    "what would never end is ended by the number of rows",
  );
  const doubled = `WITH RECURSIVE n(i, t) AS
    (SELECT 1, 'xxxxxxxxxxxxxxxx' UNION ALL SELECT i + 1, t || t FROM n WHERE i < 20) SELECT t FROM n`;
  assert.match(codeOf(doubled), /^sql-result-too-large/);
  assert.match(codeOf("SELECT abs(-9223372036854775807 - 1)"), /^sql-failed: .*overflow/);
});

/** A block that brings nothing but other tables. */
async function change(num: number, names: readonly string[]): Promise<void> {
  state.begin();
  const tables = names.map((name, number) => ({ number, columns: balanceColumns(name) }));
  state.declareTables(tokens, { revision: String(num), tables });
  state.commit(appliedRecord(num));
  await state.write();
}

test("a reader sees tables that are made, changed and taken away while it is open", async () => {
  assert.equal((rowsOf("SELECT * FROM balances") as unknown[]).length, 3);
  await change(2, ["accounts", "balances"]);
  assert.equal((rowsOf("SELECT * FROM accounts") as unknown[]).length, 3);
  assert.deepEqual(rowsOf("SELECT * FROM balances"), []);
  await change(3, ["balances", "accounts"]);
  assert.equal((rowsOf("SELECT * FROM balances") as unknown[]).length, 3);
  await change(4, []);
  assert.match(codeOf("SELECT * FROM balances"), /^sql-malformed: .*no such table/);
  const rows = reader.read((file) =>
    file.rangeRows({ service: tokens, space: 0, reverse: false, limit: 9 }),
  );
  assert.equal(rows.length, 3, "the rows are part of the state, whoever declares them");
  await close();
});
