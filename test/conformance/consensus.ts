import { quorumSize } from "@kith/protocol/certificate";

import { runTransition } from "./joint-transition.ts";
import { isObject, listAt, objectOf, objectsAt, textAt, textsAt, type JsonObject } from "./json.ts";
import {
  describe,
  expectEqual,
  notApplicable,
  runCase,
  type CaseResult,
  type Shape,
} from "./shape.ts";

const quorumRows = /^(cft|bft)_quorum/;

/** `{joint_transitions: [{from, to}], "cft_quorum_[producers,active]": [[n, quorum]], bft_latency_ms: [...]}` */
export const consensusShape: Shape = {
  name: "joint consensus",
  matches: ({ json }) =>
    isObject(json) &&
    Object.keys(json).some((field) => field === "joint_transitions" || quorumRows.test(field)),
  run: ({ json }) => {
    const file = objectOf(json);
    return [
      ...objectsAt(file, "joint_transitions").map(transitionCase),
      ...Object.keys(file).flatMap((field) => quorumCases(file, field)),
      ...listAt(file, "bft_latency_ms").map((latency) =>
        notApplicable(`BFT with a latency of ${describe(latency)} ms`, "Kith has no BFT yet"),
      ),
    ];
  },
};

function transitionCase(transition: JsonObject): CaseResult {
  const from = objectOf(transition["from"]);
  const to = objectOf(transition["to"]);
  const [before, after] = [textsAt(from, "prods"), textsAt(to, "prods")];
  const name = `${textAt(from, "alg")} ${before.join("")} to ${textAt(to, "alg")} ${after.join("")}`;
  const isCft = textAt(from, "alg") === "cft" && textAt(to, "alg") === "cft";
  if (!isCft) return notApplicable(name, "Kith has no BFT yet");
  return runCase(name, () => runTransition(before, after));
}

/** How many of so many producers have to be active. */
function quorumCases(file: JsonObject, field: string): CaseResult[] {
  const algorithm = quorumRows.exec(field)?.[1];
  if (algorithm !== "cft" && algorithm !== "bft") return [];
  return listAt(file, field).map((row) =>
    runCase(`quorum of ${describe(row)} under ${algorithm}`, () => {
      const [producers, active]: readonly unknown[] = Array.isArray(row) ? row : [];
      return expectEqual(quorumSize(algorithm, Number(producers)), active);
    }),
  );
}
