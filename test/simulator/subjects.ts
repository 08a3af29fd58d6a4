import { createCoreSubject } from "./core-subject.ts";
import { createReplicaSubject } from "./replica-subject.ts";
import type { SubjectFactory } from "./world.ts";

/** `core`: consensus alone, fast. `replica`: the whole node. */
export type SubjectName = "core" | "replica";

export function subjectNamed(name: SubjectName): SubjectFactory {
  switch (name) {
    case "core":
      return createCoreSubject;
    case "replica":
      return createReplicaSubject;
  }
}
