import { describeAppError } from "@kith/packaging/describe-app-error";
import { describePlanError } from "@kith/packaging/describe-plan-error";
import { describeResolveError } from "@kith/packaging/describe-resolve-error";
import {
  genesisInstallation,
  type GenesisInstallation,
} from "@kith/packaging/genesis-installation";
import { packageApp } from "@kith/packaging/package-app";
import type { PackageFile } from "@kith/packaging/read-package";
import { resolvePackages } from "@kith/packaging/resolve-packages";
import { buildSystemPackages, systemServices } from "@kith/packaging/system-packages";
import type { AccountName } from "@kith/protocol/ids";

/** Apps as `kith package` makes them, in a network that begins with them. */
export type Installation = {
  readonly genesis: GenesisInstallation;
  /** Accounts of all packages, also of the system's: the owner of the network acts for them. */
  readonly accounts: readonly AccountName[];
};

const system = new Map<"built", Promise<readonly PackageFile[]>>();
const apps = new Map<string, Promise<PackageFile>>();

/** Packages the folders, once in a process; what they depend on has to be the system's, or among the folders. */
export async function installationOf(
  folders: readonly string[],
  owner: AccountName,
): Promise<Installation> {
  const systemPackages = await once(system, "built", buildSystem);
  const packages = await Promise.all(folders.map((each) => once(apps, each, packageFolder)));
  const ordered = resolvePackages({
    wanted: packages,
    available: systemPackages,
    installed: [],
    force: false,
  });
  if (!ordered.ok) throw new Error(describeResolveError(ordered.error));
  const isSystem = new Set(systemPackages.map(({ contents }) => contents.meta.name));
  const added = ordered.value.filter(({ contents }) => !isSystem.has(contents.meta.name));
  const all = [...systemPackages, ...added];
  const genesis = await genesisInstallation(all, owner);
  if (!genesis.ok) throw new Error(describePlanError(genesis.error));
  return {
    genesis: genesis.value,
    accounts: all.flatMap(({ contents }) => contents.meta.accounts),
  };
}

async function buildSystem(): Promise<readonly PackageFile[]> {
  const built = await buildSystemPackages(systemServices);
  if (built.ok) return built.value;
  throw new Error(`the app ${built.error.app}: ${describeAppError(built.error.error)}`);
}

async function packageFolder(folder: string): Promise<PackageFile> {
  const made = await packageApp(folder);
  if (made.ok) return made.value;
  throw new Error(describeAppError(made.error));
}

function once<K extends string, T>(
  known: Map<K, Promise<T>>,
  name: K,
  make: (name: K) => Promise<T>,
): Promise<T> {
  const found = known.get(name) ?? make(name);
  known.set(name, found);
  return found;
}
