import { coreSubjectOf } from "./core-subject.ts";
import { createReplicaSubject } from "./replica-subject.ts";
import type { SubjectFactory } from "./world.ts";

/** `core`: consensus alone under CFT, fast. `core-bft`: the same under BFT. `replica`: the whole node. */
export type SubjectName = "core" | "core-bft" | "replica";

export function subjectNamed(name: SubjectName): SubjectFactory {
  switch (name) {
    case "core":
      return coreSubjectOf("cft");
    case "core-bft":
      return coreSubjectOf("bft");
    case "replica":
      return createReplicaSubject;
  }
}
