import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import type { EventsKept } from "@kith/store/event-retention";

const secondsByUnit = { h: 3_600, d: 86_400 } as const;
const bytesByUnit = { mb: 1024 ** 2, gb: 1024 ** 3 } as const;

/** What the option takes, for whoever wrote something else. */
export const eventsKeepForm =
  'rules such as "30d,2gb,chat=90d,votes=all,spam=none": an age (h, d), a size (mb, gb), services with a rule of their own';

/** Reads `--events-keep`: rules with commas between them, each kind once. */
export function parseEventsKeep(text: string): Result<EventsKept, string> {
  let ageSeconds: number | undefined;
  let sizeBytes: number | undefined;
  const services = new Map<AccountName, number | "all">();
  for (const rule of text.split(",").map((part) => part.trim().toLowerCase())) {
    const [name = "", ofService, ...more] = rule.split("=");
    const age = quantityOf(ofService ?? name, secondsByUnit);
    if (ofService !== undefined) {
      const service = parseAccountName(name);
      const kept = ofService === "all" ? "all" : ofService === "none" ? 0 : age;
      if (!service.ok || kept === undefined || more.length > 0 || services.has(service.value)) {
        return err(rule);
      }
      services.set(service.value, kept);
      continue;
    }
    const size = quantityOf(name, bytesByUnit);
    if (age !== undefined && ageSeconds === undefined) ageSeconds = age;
    else if (size !== undefined && sizeBytes === undefined) sizeBytes = size;
    else return err(rule);
  }
  return ok({
    ...(ageSeconds === undefined ? {} : { ageSeconds }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    services,
  });
}

function quantityOf(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits = "", unit = ""] = /^([1-9][0-9]{0,5})([a-z]+)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return factor === undefined ? undefined : Number(digits) * factor;
}
