import { accountNameConstant } from "@kith/protocol/names";
import { packText } from "@kith/protocol/texts";
import { javaScript } from "@kith/sdk/system/setcode";

import type { Package, PackageMeta, PackagedService } from "./package.ts";
import type { PackageFile } from "./read-package.ts";
import { writePackage } from "./write-package.ts";

/** For tests: a package with these parts, and nothing else. */
export function testPackage(
  meta: Partial<PackageMeta>,
  parts: Partial<Omit<Package, "meta">> = {},
): PackageFile {
  const services = parts.services ?? [];
  const written = writePackage({
    meta: {
      name: "x",
      version: "1.0.0",
      description: "",
      depends: [],
      accounts: [],
      ...meta,
      services: services.map(({ account }) => account),
    },
    files: [],
    postinstall: [],
    ...parts,
    services,
  });
  if (!written.ok) throw new Error(JSON.stringify(written.error));
  return written.value;
}

export function testService(account: string, source = `// ${account}`): PackagedService {
  const name = accountNameConstant(account);
  return { account: name, vm: javaScript, code: packText(source), info: { flags: [] } };
}
