import { check } from "@kith/sdk/abort";
import { toHex } from "@kith/sdk/bytes";
import type { ActionContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { setcodeInterface } from "@kith/sdk/system/setcode";

import { serveInstallers } from "./serve.ts";
import { dropAllStaged, stagePiece, takePieces } from "./staging.ts";
import { install, knownCode, uninstall } from "./stored-code.ts";
import { codes, contents, former, installed, pieces, staged } from "./tables.ts";

const { actions } = setcodeInterface;

const setCode = implement(actions.setCode, (context, { vm, code }) => {
  checkNotLocked(context);
  install(context, context.sender, { vm, code });
});

const stage = implement(actions.stage, (context, { data }) => stagePiece(context, data));

const setCodeStaged = implement(actions.setCodeStaged, (context, { vm, hash, pieces: named }) => {
  const account = context.sender;
  checkNotLocked(context);
  const code = named.length === 0 ? knownCode(context, hash) : takePieces(context, named);
  const made = toHex(context.sha256(code));
  check(made === hash, "hash-wrong", "the pieces do not make the code with this hash");
  install(context, account, { vm, code });
});

const unstage = implement(actions.unstage, (context) => dropAllStaged(context));

const removeCode = implement(actions.removeCode, (context) => {
  checkNotLocked(context);
  uninstall(context, context.sender);
});

const codeOf = implement(actions.codeOf, (context, { account }) => {
  const row = context.table(installed).get({ account });
  return row === undefined ? undefined : { vm: row.vm, codeHash: row.codeHash };
});

export const setcode: ServiceModule = service("setcode", {
  tables: [installed, codes, contents, staged, pieces, former],
  actions: { setCode, stage, setCodeStaged, unstage, removeCode, codeOf },
  http: serveInstallers,
}).module;

/** A locked account sends nothing any more, but its code still calls others in its name, and must not replace itself. */
function checkNotLocked(context: ActionContext): void {
  const standing = context.call(accountsInterface).standingOf({ name: context.sender });
  const message = `${context.sender} is locked: its code stays as it is`;
  check(standing?.locked !== true, "account-locked", message);
}
