import type { AppError } from "@kith/packaging/app-error";
import { describeAppError } from "@kith/packaging/describe-app-error";
import { describeFolderError } from "@kith/packaging/describe-folder-error";
import { describePackageError } from "@kith/packaging/describe-package-error";
import { describePlanError } from "@kith/packaging/describe-plan-error";
import { describeResolveError } from "@kith/packaging/describe-resolve-error";
import type { FolderError } from "@kith/packaging/folder-error";
import type { PackageError } from "@kith/packaging/package-error";
import type { PlanError } from "@kith/packaging/plan-error";
import type { ResolveError } from "@kith/packaging/resolve-error";
import type { Difference } from "@kith/testing/replay";

import { describeKeyFault, type KeyFault } from "./key-fault.ts";
import { describeLightFault, type LightFault } from "./light-fault.ts";
import { describeSnapshotError, type SnapshotCliError } from "./snapshot-fault.ts";

/** Everything that can keep a command from doing what it was asked. */
export type CliError =
  | { readonly code: "usage"; readonly message: string }
  | { readonly code: "node-url-invalid"; readonly url: string }
  | { readonly code: "node-unreachable"; readonly url: string; readonly reason: string }
  | { readonly code: "answer-invalid"; readonly url: string; readonly reason: string }
  /** The node's own words: its error's code and message. */
  | {
      readonly code: "refused";
      readonly status: number;
      readonly reason: string;
      readonly message: string;
    }
  | { readonly code: "not-final"; readonly transactionId: string; readonly waitedSeconds: number }
  | KeyFault
  | { readonly code: "account-name-invalid"; readonly name: string }
  | { readonly code: "invite-unknown"; readonly url: string }
  | FolderError
  | { readonly code: "file-not-written"; readonly path: string; readonly reason: string }
  | { readonly code: "app-invalid"; readonly fault: AppError }
  | { readonly code: "tests-missing"; readonly folder: string }
  /** The test runner has said what is wrong. */
  | { readonly code: "tests-failed"; readonly folder: string; readonly status: number }
  | { readonly code: "replay-failed"; readonly message: string }
  /** Blocks of the tests came out differently on a second engine. */
  | {
      readonly code: "engines-disagree";
      readonly engine: string;
      readonly texts: readonly string[];
      readonly difference: Difference | undefined;
    }
  /** There is no client for it: `reason` says what it lacks. */
  | { readonly code: "service-unusable"; readonly source: string; readonly reason: string }
  | { readonly code: "package-invalid"; readonly path: string; readonly fault: PackageError }
  /** Nothing runs on the account, which is proved. */
  | { readonly code: "service-not-installed"; readonly service: string }
  /** The node shows something that is not proved. */
  | { readonly code: "node-not-believed"; readonly url: string; readonly fault: LightFault }
  | SnapshotCliError
  | { readonly code: "checkpoint-malformed"; readonly path: string }
  | { readonly code: "checkpoint-not-written"; readonly path: string; readonly reason: string }
  | {
      readonly code: "checkpoint-of-another-network";
      readonly path: string;
      readonly chain: string;
    }
  | { readonly code: "index-invalid"; readonly path: string; readonly fault: PackageError }
  | { readonly code: "package-not-as-indexed"; readonly path: string }
  | { readonly code: "packages-do-not-fit"; readonly fault: ResolveError }
  | { readonly code: "installation-refused"; readonly fault: PlanError };

/** What programs are told: the inmost code says most. */
export function errorFacts(error: CliError): Readonly<Record<string, unknown>> {
  return "fault" in error ? { ...error, ...error.fault, fault: undefined } : error;
}

/** `unproved`: the node shows what is not true, what nobody signed for, or less than is known. */
export const exitStatus = { done: 0, refused: 1, usage: 2, unreachable: 3, unproved: 4 } as const;

export function exitStatusOf(error: CliError): number {
  switch (error.code) {
    case "usage":
    case "node-url-invalid":
    case "account-name-invalid":
      return exitStatus.usage;
    case "node-unreachable":
    case "not-final":
      return exitStatus.unreachable;
    case "node-not-believed":
    case "snapshot-not-believed":
      return exitStatus.unproved;
    case "answer-invalid":
    case "refused":
    case "key-exists":
    case "key-missing":
    case "key-malformed":
    case "key-not-written":
    case "public-key-malformed":
    case "invite-unknown":
    case "folder-missing":
    case "not-a-folder":
    case "folder-empty":
    case "file-unreadable":
    case "path-not-publishable":
    case "file-not-written":
    case "app-invalid":
    case "tests-missing":
    case "tests-failed":
    case "replay-failed":
    case "engines-disagree":
    case "service-unusable":
    case "service-not-installed":
    case "folder-not-made":
    case "download-failed":
    case "checkpoint-malformed":
    case "checkpoint-not-written":
    case "checkpoint-of-another-network":
    case "package-invalid":
    case "index-invalid":
    case "package-not-as-indexed":
    case "packages-do-not-fit":
    case "installation-refused":
      return exitStatus.refused;
  }
}

/** What happened, and what to do next. */
export function describeError(error: CliError): string {
  switch (error.code) {
    case "usage":
      return error.message;
    case "node-url-invalid":
      return `--node takes an address such as http://kith.localhost:8080, not ${error.url}`;
    case "node-unreachable":
      return `No node answers at ${error.url} (${error.reason}).\nStart one with "bun run node", or name another with --node URL.`;
    case "answer-invalid":
      return `${error.url} answered something that is not Kith's (${error.reason}).\nCheck the address given with --node.`;
    case "refused":
      return `${error.message} (${error.reason})${adviceOn(error.reason)}`;
    case "not-final":
      return `The network has not decided on transaction ${error.transactionId} after ${error.waitedSeconds} s.\nNothing is lost: run the same command again, what is done already is not done twice.`;
    case "key-exists":
    case "key-missing":
    case "key-malformed":
    case "key-not-written":
    case "public-key-malformed":
      return describeKeyFault(error);
    case "invite-unknown":
      return `${error.url} knows no such invite.\n"bun run kith invite list ACCOUNT" shows those that there are.`;
    case "account-name-invalid":
      return `"${error.name}" cannot be an account: names have 1 to 10 characters of a-z, 0-9 and single dashes inside.`;
    case "folder-missing":
    case "not-a-folder":
    case "folder-empty":
    case "file-unreadable":
    case "path-not-publishable":
      return describeFolderError(error);
    case "file-not-written":
      return `${error.path} cannot be written (${error.reason}).\nChoose another place with --out FOLDER.`;
    case "service-unusable":
      return `There is no client for ${error.source}: ${error.reason}.`;
    case "service-not-installed":
      return `No service runs on the account ${error.service}, and that is proved.`;
    case "node-not-believed":
      return `What ${error.url} shows is not proved: ${describeLightFault(error.fault)} (${error.fault.code}).\nAsk another node with --node URL.`;
    case "snapshot-not-believed":
    case "folder-not-made":
    case "download-failed":
      return describeSnapshotError(error);
    case "checkpoint-malformed":
      return `${error.path} is not what was kept there.\nStart again with --chain ID and another file.`;
    case "checkpoint-not-written":
      return `It is proved, but what was proved could not be kept in ${error.path} (${error.reason}).\nChoose another place with --checkpoint FILE.`;
    case "checkpoint-of-another-network":
      return `${error.path} is of the network ${error.chain}.\nLeave --chain out, or name another file.`;
    case "tests-missing":
      return `There are no tests in ${error.folder}: they are files like service/index.test.ts.`;
    case "tests-failed":
      return `Tests in ${error.folder} failed; nothing was run again on a second engine.`;
    case "replay-failed":
      return `The blocks of the tests could not be run again: ${error.message}`;
    case "engines-disagree":
      return `${error.texts.join("\n")}\nEvery node has to come to the same: this is a fault of Kith unless the recordings were changed. Report it with the test, and with what ${error.engine} is.`;
    case "app-invalid":
      return describeAppError(error.fault);
    case "package-invalid":
      return `${error.path} is not a package: ${describePackageError(error.fault)}.`;
    case "index-invalid":
      return `${error.path} is not an index of packages: ${describePackageError(error.fault)}.`;
    case "package-not-as-indexed":
      return `${error.path} is another file than the index beside it says.\nSomebody has changed one of them; ask whoever keeps that folder.`;
    case "packages-do-not-fit":
      return describeResolveError(error.fault);
    case "installation-refused":
      return describePlanError(error.fault);
  }
}

/** What to do about the refusals that people meet. */
const advice: Readonly<Record<string, string>> = {
  "account-exists": "Choose another name.",
  "account-name-reserved": "Choose another name.",
  "account-name-short":
    "Choose a longer name; the owner of the network installs apps with --as owner --key DATA/owner.pem.",
  "account-unknown": 'Make the account first: "bun run kith account create NAME".',
  "registration-closed":
    "Ask the owner of the network to make the account, or a member for an invite.",
  "not-authorized": "Sign with the key that the account was made with: --key FILE.",
  "proof-invalid": "Sign with the key that the account was made with: --key FILE.",
  "admin-key-needed": "Run this on the node's own machine, or name a key of it with --admin-key.",
  "admin-key-wrong": "The key is in the file admin.secret of the node's data folder.",
  "snapshot-not-made": "The producers have to agree on a block for it; try again in a moment.",
  "network-not-started": "The node is still joining its network; try again in a moment.",
};

function adviceOn(reason: string): string {
  const text = advice[reason];
  return text === undefined ? "" : `\n${text}`;
}
