import type { ResolveError } from "./resolve-error.ts";

/** Why the packages do not fit together, and what to do next. */
export function describeResolveError(error: ResolveError): string {
  switch (error.code) {
    case "package-wanted-twice":
      return `${error.package} is named twice.`;
    case "package-not-found":
      return `There is no package ${error.package}${wantedBy(error.neededBy)}.\nName its file, or a folder that has it with --from FOLDER.`;
    case "package-version-not-found":
      return `No ${error.package} fits ${error.version}${wantedBy(error.neededBy)}: there is ${error.found.join(", ")}.\nName a folder that has another one with --from FOLDER.`;
    case "dependencies-conflict":
      return `${error.neededBy} needs ${error.package} ${error.version}, and the others need ${error.chosen}.`;
    case "dependencies-too-many":
      return `After ${error.steps} attempts there is no set of versions that fits.\nName the versions that you want: NAME@VERSION.`;
    case "dependency-cycle":
      return `These packages need each other in a circle, so that none can be first: ${error.packages.join(", ")}.`;
    case "dependent-breaks":
      return `${error.dependent} is installed and needs ${error.package} ${error.needs}, so it would break with ${error.version}.\nInstall a new ${error.dependent} with it, or insist with --force.`;
  }
}

function wantedBy(name: string): string {
  return name === "" ? "" : `, which ${name} needs`;
}
