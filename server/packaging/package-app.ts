import { methodNameConstant } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { javaScript, webAssembly } from "@kith/sdk/system/setcode";
import { pluginPaths, sitesInterface } from "@kith/sdk/system/sites";

import type { AppError } from "./app-error.ts";
import { readAppManifest, type AccountSource, type AppManifest } from "./app-manifest.ts";
import { bundlePlugin } from "./bundle-plugin.ts";
import { bundleExport } from "./bundle-service.ts";
import { describeService } from "./describe-service.ts";
import { buildFrontEnd } from "./front-end/build-front-end.ts";
import type { PackagedFile, PackagedService, PostinstallAction } from "./package.ts";
import { pluginMachineFiles } from "./plugin-machine.ts";
import { readContent } from "./prepare-file.ts";
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
  entries,
  plugin,
  pluginMachine,
}: AccountSource): Promise<Result<readonly PackagedFile[], AppError>> {
  const machine = pluginMachine ? await pluginMachineFiles() : ok([]);
  if (!machine.ok) return machine;
  const besides = machine.value;
  const site =
    frontEnd === undefined ? ok([]) : await buildFrontEnd({ folder: frontEnd, entries, besides });
  if (!site.ok) return site;
  const files = [...site.value, ...besides].map(({ path, content }): PackagedFile => ({
    account,
    path,
    content,
  }));
  if (plugin === undefined) return ok(files);
  const built = await bundlePlugin(plugin);
  if (!built.ok) return built;
  const { name, source, manifest } = built.value;
  if (name !== account) return err({ code: "plugin-name-wrong", entry: plugin, name, account });
  // psibase puts an account's plugin at `/plugin.wasm`.
  files.push({ account, path: pluginPaths.source, content: source });
  return ok([...files, { account, path: pluginPaths.manifest, content: manifest }]);
}

/** The policy is set whatever it is: that of the version before is none of this one. */
function siteSettings(source: AccountSource): readonly PostinstallAction[] {
  const { account, frontEnd, singlePage, csp, connect } = source;
  const hasPolicy = frontEnd !== undefined || csp !== undefined || connect.length > 0;
  const action = (method: string, data: unknown): PostinstallAction => ({
    sender: account,
    service: sitesInterface.name,
    method: methodNameConstant(method),
    data,
  });
  return [
    ...(singlePage ? [action("setSinglePage", { enabled: true })] : []),
    ...(hasPolicy ? [action("setPolicy", csp === undefined ? { connect } : { csp, connect })] : []),
  ];
}
