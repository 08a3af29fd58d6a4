import { abort, check } from "@kith/sdk/abort";
import { toHex } from "@kith/sdk/bytes";
import type { ActionContext } from "@kith/sdk/context";
import { codeBytesMax, javaScript, webAssembly } from "@kith/sdk/system/setcode";
import { checksumOf, type AccountName, type Checksum } from "@kith/sdk/types";

import { codes, contents, former, installed, type CodeRow } from "./tables.ts";

type Code = { readonly vm: number; readonly code: Uint8Array };

/** Puts code on an account, in place of what runs there. The node looks at it first and aborts when it is none. */
export function install(context: ActionContext, account: AccountName, { vm, code }: Code): void {
  check(vm === javaScript || vm === webAssembly, "vm-unknown", `there is no machine ${vm}`);
  check(code.length > 0, "code-empty", "code has content; removeCode takes it away");
  if (code.length > codeBytesMax) {
    abort("code-too-long", `code of ${code.length} bytes; at most ${codeBytesMax}`);
  }
  const before = restoreFormer(context, account) ?? context.table(installed).get({ account });
  context.checkCode(vm, code, account);
  const hash = checksumOf(toHex(context.sha256(code)));
  if (before?.codeHash === hash) return;
  keep(context, hash, { vm, code });
  if (before !== undefined) release(context, before.codeHash);
  context.table(installed).put({ account, codeHash: hash, vm });
}

/** The code with this hash, where some account has it. */
export function knownCode(context: ActionContext, hash: Checksum): Uint8Array {
  const known = context.table(contents).get({ hash });
  if (known === undefined) abort("code-unknown", `no account has code ${hash}; name its pieces`);
  return known.code;
}

export function uninstall(context: ActionContext, account: AccountName): void {
  const before = context.table(installed).get({ account });
  if (before === undefined) abort("code-unknown", `there is no code on ${account}`);
  context.table(installed).remove({ account });
  context.table(former).put(before);
}

/** Code that comes after a removal takes over the rows of what ran before it, so the node has to see both. */
function restoreFormer(context: ActionContext, account: AccountName): CodeRow | undefined {
  const row = context.table(former).get({ account });
  if (row === undefined) return undefined;
  context.table(former).remove({ account });
  context.table(installed).put(row);
  return row;
}

function keep(context: ActionContext, hash: Checksum, { vm, code }: Code): void {
  const known = context.table(codes).get({ hash });
  if (known === undefined) context.table(contents).put({ hash, code });
  const references = (known?.references ?? 0) + 1;
  context.table(codes).put({ hash, vm, sizeBytes: code.length, references });
}

function release(context: ActionContext, hash: Checksum): void {
  const known = context.table(codes).get({ hash });
  if (known === undefined) return;
  if (known.references > 1) {
    context.table(codes).put({ ...known, references: known.references - 1 });
    return;
  }
  context.table(codes).remove({ hash });
  context.table(contents).remove({ hash });
}
