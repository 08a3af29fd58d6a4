import type { AppError } from "./app-error.ts";
import type { BundleError } from "./bundle-error.ts";
import { describeFolderError } from "./describe-folder-error.ts";
import { describePackageError } from "./describe-package-error.ts";
import type { FolderError } from "./folder-error.ts";
import type { FrontEndError } from "./front-end/front-end-error.ts";

/** Why there is no package of this folder, and what to do next. */
export function describeAppError(error: AppError): string {
  switch (error.code) {
    case "app-undescribed":
      return `The package in ${error.folder} has no ${error.field}.\nPut it into package.json or kith.json.`;
    case "source-missing":
      return `There is no ${error.path}, which kith.json names.`;
    case "front-end-not-built":
    case "page-target-missing":
    case "page-script-classic":
    case "page-script-inline":
    case "path-built-twice":
      return describePageError(error);
    case "service-name-wrong":
      return `The service in ${error.entry} is called ${error.name}, and its account ${error.account}.\nGive both the same name; kith.json says which accounts an app has.`;
    case "plugin-name-wrong":
      return `The plugin in ${error.entry} is called ${error.name}, and its account ${error.account}.\nGive both the same name; kith.json says which accounts an app has.`;
    case "app-empty":
      return `${error.folder} has neither a service nor a front-end.\nThey stand in service/index.ts and in front-end/ or dist/, or where kith.json says.`;
    case "bundle-failed":
    case "service-export-missing":
    case "plugin-export-missing":
    case "service-export-ambiguous":
    case "service-does-not-start":
    case "bundle-too-large":
      return describeBundleError(error);
    case "folder-missing":
    case "not-a-folder":
      return `There is no folder ${error.path}.\nName the folder of an app.`;
    case "folder-empty":
    case "file-unreadable":
    case "path-not-publishable":
      return describeFolderError(error);
    case "package-too-large":
    case "zip-malformed":
    case "zip-unsupported":
    case "too-many-entries":
    case "content-too-large":
    case "expands-too-much":
    case "entry-path-invalid":
    case "entry-repeated":
    case "entry-damaged":
    case "entry-too-large":
    case "entry-unexpected":
    case "entry-missing":
    case "json-malformed":
    case "field-invalid":
    case "scope-unsupported":
    case "account-undeclared":
    case "service-undeclared":
    case "service-without-code":
    case "code-repeated":
    case "schema-invalid":
      return `This cannot become a package: ${describePackageError(error)}.`;
  }
}

type PageError = Exclude<FrontEndError, FolderError | BundleError | { code: "source-missing" }>;

function describePageError(error: PageError): string {
  switch (error.code) {
    case "front-end-not-built":
      return `${error.path} holds the sources of a front-end, which none of its pages loads.\nLoad them in index.html: <script type="module" src="/main.tsx">. What another tool has built belongs into front-end/dist or dist, or where kith.json says.`;
    case "page-target-missing":
      return `There is no ${error.target}, which ${error.page}:${error.line} loads.`;
    case "page-script-classic":
      return `${error.page}:${error.line} loads ${error.target} as a classic script.\nAdd type="module" to the tag.`;
    case "page-script-inline":
      return `${error.page}:${error.line} has a script in the page itself, which browsers refuse on this network.\nPut it into a file of its own.`;
    case "path-built-twice":
      return `Two files would be at ${error.path}.\nRename one of them.`;
  }
}

function describeBundleError(error: BundleError): string {
  switch (error.code) {
    case "bundle-failed":
      return `${error.entry} cannot be bundled.\n\n${error.messages}`;
    case "service-export-missing":
      return `${error.entry} exports no service.\nExport what service(...) gives.`;
    case "plugin-export-missing":
      return `${error.entry} exports no plugin.\nExport what plugin(...) gives.`;
    case "service-export-ambiguous":
      return `${error.entry} exports several services: ${error.names}.\nAn account has one; give the others accounts of their own in kith.json.`;
    case "service-does-not-start":
      return `${error.entry} cannot be started: ${error.reason}.\nA service has the language and the SDK, and nothing of a browser or of Node.`;
    case "bundle-too-large":
      return `The code of ${error.entry} has ${error.sizeBytes} bytes with all that it imports; at most ${error.sizeBytesMax} are allowed.`;
  }
}
