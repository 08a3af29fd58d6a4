/** Semantic versions, and patterns of them. */
export {
  comparePackageVersions,
  parsePackageVersion,
  parseVersionPattern,
} from "@kith/protocol/package-version";
