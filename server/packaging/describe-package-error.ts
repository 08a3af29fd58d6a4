import type { PackageError } from "./package-error.ts";

/** What is wrong with a package's file, as the end of a sentence. */
export function describePackageError(error: PackageError): string {
  switch (error.code) {
    case "package-too-large":
      return `it has ${error.sizeBytes} bytes; at most ${error.sizeBytesMax} are allowed`;
    case "zip-malformed":
      return `it is no zip file that can be read: ${error.reason}`;
    case "zip-unsupported":
      return `it is a zip file with ${error.feature}, which packages do not have`;
    case "too-many-entries":
      return `it holds ${error.entries} files; at most ${error.entriesMax} are allowed`;
    case "content-too-large":
      return `it holds ${error.sizeBytes} bytes; at most ${error.sizeBytesMax} are allowed`;
    case "expands-too-much":
      return `its ${error.fileBytes} bytes would become ${error.sizeBytes}: that is no package, but a trap`;
    case "entry-path-invalid":
      return `${JSON.stringify(error.path)} cannot be a path in it: ${error.reason}`;
    case "entry-repeated":
      return `${error.path} is in it twice`;
    case "entry-damaged":
      return `${error.path} in it is damaged; get the file again`;
    case "entry-too-large":
      return `${error.path} has ${error.sizeBytes} bytes; at most ${error.sizeBytesMax} are allowed`;
    case "entry-unexpected":
      return `${error.path} belongs to no part of a package`;
    case "entry-missing":
      return `${error.path} is missing`;
    case "json-malformed":
      return `${error.path} is not JSON`;
    case "field-invalid":
      return `${error.field} in ${error.path}: ${error.reason}`;
    case "scope-unsupported":
      return `it is for ${error.scope}, and packages here are for a whole network`;
    case "account-undeclared":
      return `${error.path} is about ${error.account}, which is none of the package's accounts`;
    case "service-undeclared":
      return `it has code for ${error.account}, but does not name it among its services`;
    case "service-without-code":
      return `it has no code for its service ${error.account}`;
    case "code-repeated":
      return `it has two codes for ${error.account}`;
    case "schema-invalid":
      return `the schema of ${error.account} cannot be used (${error.fault.code})`;
  }
}
