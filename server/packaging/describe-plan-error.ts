import type { PlanError } from "./plan-error.ts";

/** Why the network as it is does not take a package, and what to do next. */
export function describePlanError(error: PlanError): string {
  switch (error.code) {
    case "account-in-other-package":
      return `${error.account} belongs to the package ${error.name} of ${error.owner}.\nRemove that package first.`;
    case "account-not-given":
      return `${error.account} exists, and ${error.package} would act for it from now on.\nIf that is what you want: --use ${error.account}.`;
    case "owner-missing":
      return `There is no account ${error.owner} that could own ${error.package}.\nMake it first: "bun run kith account create ${error.owner}".`;
    case "owner-unnamed":
      return `${error.package} has no accounts of its own.\nSay whose it will be with --as ACCOUNT.`;
    case "flag-unsupported":
      return `The service ${error.account} wants to be ${error.flag}, which no service is here.`;
    case "server-unsupported":
      return `The service ${error.account} wants ${error.server} to answer its requests; here each service answers its own.`;
    case "version-lower":
      return `${error.package} ${error.installed} is installed, and ${error.version} is lower.\nIf that is what you want: --force.`;
    case "schema-unknown":
      return `The script of ${error.package} calls ${error.service}, whose actions are not known here.\nInstall both together, or pack the action's data: "rawData" in hex.`;
    case "action-unknown":
      return `The script calls ${error.method} of ${error.service}, which has no such action.`;
    case "action-data-wrong":
      return `The script calls ${error.method} of ${error.service} with wrong data: ${error.path} is not ${error.expected}.`;
    case "manifest-too-large":
      return `${error.package} has more files than the network can keep a list of: ${error.sizeBytes} bytes, at most ${error.sizeBytesMax}.`;
    case "package-unknown":
      return `No package ${error.package} is installed.\n"bun run kith list" shows those that are.`;
    case "package-needed":
      return `${error.by} needs ${error.package}.\nRemove ${error.by} first, or insist with --force.`;
  }
}
