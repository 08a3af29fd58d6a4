import type { Clients } from "./clients.ts";
import type { Dice } from "./dice.ts";
import type { Healing } from "./faults.ts";
import { drawHealedQuorum, soundNodes } from "./healed-quorum.ts";
import type { Ledger } from "./ledger.ts";
import { reach, type Marks } from "./marks.ts";
import type { Nemesis } from "./nemesis.ts";
import type { Network } from "./network.ts";
import type { SimNode } from "./node.ts";
import type { Operator } from "./operator.ts";
import type { Oracles } from "./oracles.ts";
import type { Failure } from "./run-report.ts";

type SettlementPorts = {
  readonly dice: Dice;
  readonly marks: Marks;
  readonly nodes: readonly SimNode[];
  readonly network: Pick<Network<unknown>, "healAmong" | "isLinked">;
  readonly oracles: Oracles;
  readonly ledger: Ledger;
  readonly clients: Clients;
  readonly nemesis: Nemesis;
  readonly operator: Operator;
  readonly seconds: () => number;
  /** Lets so many virtual seconds pass. */
  readonly advance: (seconds: number) => void;
  readonly boot: (node: SimNode) => void;
  readonly onPeersChanged: () => void;
};

/** How long healed nodes may take to make progress and to catch up, in virtual seconds. */
const settleSecondsMax = 240;

/**
 * Liveness: some nodes are healed and all other faults stay as they are for ever. Within bounded time the healed ones
 * make progress, and agree.
 */
export function settle(ports: SettlementPorts, healing: Healing): Failure | undefined {
  const healed = heal(ports, healing);
  const deadline = ports.seconds() + settleSecondsMax;
  let probe = ports.clients.probe(healed);
  while (ports.seconds() < deadline) {
    ports.advance(1);
    if (probe.isFinal() && isSettled(ports, healed)) {
      checkAll(ports, healed);
      return undefined;
    }
    if (probe.isGivenUp()) probe = ports.clients.probe(healed);
  }
  const rule = probe.isFinal() ? "healed nodes agree" : "a healed network makes progress";
  const message = describe(ports, healed);
  return { kind: "liveness", rule, message, atSeconds: ports.seconds() };
}

function heal(ports: SettlementPorts, healing: Healing): readonly SimNode[] {
  const { nodes, marks, network, nemesis, operator, clients } = ports;
  const healed = healing === "quorum" ? drawHealedQuorum(ports) : soundNodes(nodes);
  const active = nodes.filter((node) => node.isActive);
  // Liars go on with whatever they do, on the best of links.
  const liars = active.filter((node) => node.isLiar);
  const frozen = active.filter((node) => !healed.includes(node) && !node.isLiar);
  if (healing === "quorum" && frozen.length > 0) reach(marks, "healed-quorum-alone");
  if (healing === "everybody") reach(marks, "healed-everybody");
  clients.stop();
  operator.stop();
  nemesis.stop(frozen);
  network.healAmong([...healed, ...liars].map(({ index }) => index));
  for (const node of frozen) node.freeze(ports.seconds() * 1e6);
  for (const node of [...healed, ...liars]) {
    node.calm();
    if (!node.isUp) ports.boot(node);
  }
  ports.onPeersChanged();
  return healed;
}

function isSettled({ oracles }: SettlementPorts, healed: readonly SimNode[]): boolean {
  return healed.every((node) => node.program.executedNum() === oracles.finalNum);
}

function checkAll({ ledger, marks }: SettlementPorts, healed: readonly SimNode[]): void {
  for (const { index, program, status, isNewcomer } of healed) {
    ledger.checkAll(index, program);
    if (status?.role === "observer") reach(marks, "observer-caught-up");
    if (isNewcomer) reach(marks, "newcomer-caught-up");
  }
}

function describe({ nodes, oracles }: SettlementPorts, healed: readonly SimNode[]): string {
  const states = nodes.map((node) => {
    const who = `${node.index}${healed.includes(node) ? "" : " left out"}`;
    if (node.isRetired) return `${who} lost`;
    const { status } = node;
    if (status === undefined) return `${who} down`;
    const { role, term, executedNum } = status;
    const damaged = node.disk.damage.nums.length;
    const damage = damaged === 0 ? "" : ` damaged ${damaged}`;
    return `${who} ${role} term ${term} final ${status.finalNum} executed ${executedNum}${damage}`;
  });
  return [`final ${oracles.finalNum}`, ...states].join("; ");
}
