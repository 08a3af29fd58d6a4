import { globSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { bundleService } from "@kith/packaging/bundle-service";
import { virtualMachines, type GenesisService } from "@kith/protocol/entry-points";
import type { ServiceModule } from "@kith/protocol/service-abi";

/** The system services as a network has them: bundled sources that run in the sandbox. */
export async function bundleSystem(modules: readonly ServiceModule[]): Promise<GenesisService[]> {
  const services: GenesisService[] = [];
  for (const { definition } of modules) {
    const [entry] = globSync(`apps/${definition.name}/{service.ts,service/index.ts}`);
    if (entry === undefined) throw new Error(`apps/${definition.name} has no service`);
    const code = await bundleService(resolve(entry));
    if (!code.ok) throw new Error(`${dirname(entry)}: ${JSON.stringify(code.error)}`);
    services.push({
      account: definition.name,
      vm: virtualMachines.javaScript,
      code: code.value,
    });
  }
  return services;
}
