import { basename } from "node:path";

import { methodNameConstant } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { javaScript, webAssembly } from "@kith/sdk/system/setcode";
import { sitesInterface } from "@kith/sdk/system/sites";

import type { AppError } from "./app-error.ts";
import { readAppManifest, type AccountSource, type AppManifest } from "./app-manifest.ts";
import { bundleExport } from "./bundle-service.ts";
import { bundle } from "./bundle.ts";
import { describeService } from "./describe-service.ts";
import type { PackagedFile, PackagedService, PostinstallAction } from "./package.ts";
import { readContent } from "./prepare-file.ts";
import { scanFolder } from "./scan-folder.ts";
import { writePackage, type WrittenPackage } from "./write-package.ts";

/** Makes the package of an app out of its folder. The same sources give the same bytes. */
export async function packageApp(folder: string): Promise<Result<WrittenPackage, AppError>> {
  const manifest = readAppManifest(folder);
  if (!manifest.ok) return manifest;
  const services: PackagedService[] = [];
  const files: PackagedFile[] = [];
  for (const source of manifest.value.accounts) {
    const service = await buildService(source);
    if (!service.ok) return service;
    if (service.value !== undefined) services.push(service.value);
    const site = await siteFiles(source);
    if (!site.ok) return site;
    files.push(...site.value);
  }
  if (services.length === 0 && files.length === 0) {
    return err({ code: "app-empty", folder: manifest.value.folder });
  }
  return write(manifest.value, services, files);
}

function write(
  manifest: AppManifest,
  services: readonly PackagedService[],
  files: readonly PackagedFile[],
): Result<WrittenPackage, AppError> {
  const { name, version, description, depends, accounts } = manifest;
  return writePackage({
    meta: {
      name,
      version,
      description,
      depends,
      accounts: accounts.map(({ account }) => account),
      services: services.map(({ account }) => account),
    },
    services,
    files,
    postinstall: [...accounts.flatMap(siteSettings), ...manifest.postinstall],
  });
}

async function buildService(
  source: AccountSource,
): Promise<Result<PackagedService | undefined, AppError>> {
  const { account, service: entry, flags, server } = source;
  if (entry === undefined) return ok(undefined);
  const info = { flags, ...(server === undefined ? {} : { server }) };
  if (entry.endsWith(".wasm")) {
    const code = await readContent(entry);
    return code.ok ? ok({ account, vm: webAssembly, code: code.value, info }) : code;
  }
  const described = await describeService(entry);
  if (!described.ok) return described;
  const { name, schema, exportName } = described.value;
  if (name !== account) return err({ code: "service-name-wrong", entry, name, account });
  const code = await bundleExport(entry, exportName);
  if (!code.ok) return code;
  return ok({ account, vm: javaScript, code: code.value, info: { ...info, schema } });
}

async function siteFiles({
  account,
  frontEnd,
  plugin,
}: AccountSource): Promise<Result<readonly PackagedFile[], AppError>> {
  const files: PackagedFile[] = [];
  const found = frontEnd === undefined ? ok([]) : scanFolder(frontEnd);
  if (!found.ok) return found;
  for (const { file, path } of found.value) {
    const content = await readContent(file);
    if (!content.ok) return content;
    files.push({ account, path, content: content.value });
  }
  if (plugin === undefined) return ok(files);
  const content = await buildPlugin(plugin);
  if (!content.ok) return content;
  return ok([...files, { account, path: "/plugin.js", content: content.value }]);
}

/** psibase puts an account's plugin at `/plugin.wasm`. */
async function buildPlugin(entry: string): Promise<Result<Uint8Array, AppError>> {
  if (entry.endsWith(".js")) return readContent(entry);
  const source = `export * from "./${basename(entry)}";`;
  return bundle({ entry, source, format: "esm", conditions: [] });
}

function siteSettings({ account, singlePage, csp }: AccountSource): readonly PostinstallAction[] {
  const action = (method: string, data: unknown): PostinstallAction => ({
    sender: account,
    service: sitesInterface.name,
    method: methodNameConstant(method),
    data,
  });
  return [
    ...(singlePage ? [action("setSinglePage", { enabled: true })] : []),
    ...(csp === undefined ? [] : [action("setCsp", { path: "*", csp })]),
  ];
}
