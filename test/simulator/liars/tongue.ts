import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, termOf, type NodeId } from "@kith/protocol/ids";
import {
  isConsensusMessage,
  type ConsensusMessage,
  type NodeMessage,
} from "@kith/protocol/node-message";
import type { BlockPlace, SignedViewChange, SignedVote } from "@kith/protocol/vote";

import { placeOfBlock } from "../forgery.ts";
import { reach } from "../marks.ts";
import { forgeCertificate, garbage, type Quill } from "./garbage.ts";
import type { Mood, Vice } from "./vices.ts";

type TonguePorts = Quill & {
  readonly send: (to: NodeId, message: NodeMessage) => boolean;
  readonly after: (delayMs: number, run: () => void) => void;
};

type Proposal = Extract<ConsensusMessage, { kind: "proposal" }>;
type NewView = Extract<ConsensusMessage, { kind: "new-view" }>;

const delayMsMax = 3_000;
/** Of the messages that leave: so many are followed by one that has nothing to do with it. */
const extraShare = 0.2;
/** Of the messages that a yes-man hears: so many it agrees to. */
const agreedShare = 0.3;
const noBest: BlockPlace["num"] = blockNumOf(1);

/** What an honest program wants to say, as a liar tells it to each of the others. */
export class Tongue {
  readonly #ports: TonguePorts;
  mood: Mood;

  constructor(ports: TonguePorts) {
    this.#ports = ports;
    this.mood = ports.plot.nextMood();
  }

  /** The twin that speaks first tells `left`, the other `right`. */
  say(to: NodeId, message: NodeMessage): boolean {
    if (!isConsensusMessage(message)) return this.#ports.send(to, message);
    const { dice, plot } = this.#ports;
    plot.hear(message);
    if (this.#does("repeat") && dice.chance(extraShare)) this.#repeat(to);
    if (this.#does("garbage") && dice.chance(extraShare)) this.#babble(to);
    const { isVictim, withheld } = this.mood;
    if (this.#does("withhold") && isVictim(to) && withheld.has(message.kind)) {
      this.#reach("withhold");
      return true;
    }
    const side = plot.splits.sideOf(to);
    if (side === "both" && this.#does("equivocate")) this.#send(to, this.#twist(message, false));
    return this.#send(to, this.#twist(message, side !== "left"));
  }

  /** What it hears may make it speak. */
  hear(from: NodeId, message: NodeMessage): void {
    if (!isConsensusMessage(message)) return;
    const { dice, plot, pen } = this.#ports;
    plot.hear(message);
    if (!this.#does("yes-man") || !dice.chance(agreedShare)) return;
    if (message.kind !== "proposal" && message.kind !== "vote") return;
    const { vote, commitNum } = message;
    if (vote.prepared.num === 0) return;
    this.#reach("yes-man");
    const agreed = pen.vote({ ...vote, committed: vote.prepared });
    this.#ports.send(from, { kind: "vote", vote: agreed, commitNum });
  }

  #send(to: NodeId, message: ConsensusMessage): boolean {
    const { dice, after, send } = this.#ports;
    if (!this.#does("delay") || !this.mood.isVictim(to)) return send(to, message);
    this.#reach("delay");
    after(1 + dice.below(delayMsMax), () => send(to, message));
    return true;
  }

  #repeat(to: NodeId): void {
    const { plot, send } = this.#ports;
    const old = plot.message();
    if (old === undefined) return;
    this.#reach("repeat");
    send(to, old);
  }

  #babble(to: NodeId): void {
    this.#reach("garbage");
    this.#ports.send(to, garbage(this.#ports));
  }

  #twist(message: ConsensusMessage, isRight: boolean): ConsensusMessage {
    if (message.kind === "proposal") return this.#twistProposal(message, isRight);
    if (message.kind === "vote")
      return { ...message, vote: this.#twistVote(message.vote, isRight) };
    if (message.kind === "view-change") return this.#twistView(message.view) ?? message;
    if (message.kind === "new-view") return this.#twistNewView(message);
    return message;
  }

  #twistProposal(message: Proposal, isRight: boolean): Proposal {
    const { plot, pen } = this.#ports;
    const { vote } = message;
    if (vote.node !== pen.node) return message;
    if (!isRight || !this.#does("equivocate")) {
      return { ...message, vote: this.#twistVote(vote, false) };
    }
    const previous = plot.mapped(message.previous);
    const blocks = message.blocks.map((block) => plot.variant(block));
    const tip = blocks.at(-1);
    const prepared = tip === undefined ? previous : placeOfBlock(tip);
    this.#reach("equivocate");
    const committed = this.#does("hasty-commit") ? prepared : plot.mapped(vote.committed);
    return { ...message, previous, blocks, vote: pen.vote({ ...vote, prepared, committed }) };
  }

  #twistVote(vote: SignedVote, isRight: boolean): SignedVote {
    const { plot, pen } = this.#ports;
    let { prepared, committed } = vote;
    if (isRight && this.#does("equivocate")) {
      prepared = plot.variantPlace(prepared) ?? prepared;
      committed = plot.mapped(committed);
      if (prepared.id !== vote.prepared.id) this.#reach("equivocate");
    }
    if (this.#does("hasty-commit") && prepared.num > committed.num) {
      this.#reach("hasty-commit");
      committed = prepared;
    }
    const isSame = prepared.id === vote.prepared.id && committed.id === vote.committed.id;
    return isSame ? vote : pen.vote({ ...vote, prepared, committed });
  }

  /** To each of the others another one: less than it knows, or what nothing shows. */
  #twistView(
    view: SignedViewChange,
  ): Extract<ConsensusMessage, { kind: "view-change" }> | undefined {
    const lie = this.#lieAbout(view);
    if (lie === undefined) return undefined;
    const { certificate } = lie;
    const proof = certificate === undefined ? {} : { certificate };
    return { kind: "view-change", view: lie.view, ...proof };
  }

  /** As a leader: from elsewhere, with whatever others said that fits, or does not. */
  #twistNewView(message: NewView): NewView {
    const { plot, dice } = this.#ports;
    const [own] = message.views;
    const lie = own === undefined ? undefined : this.#lieAbout(own);
    if (lie === undefined) return message;
    const { certificate, view } = lie;
    const others = plot.views(dice.chance(0.8) ? view.term : undefined);
    const told = new Map(others.map((each) => [each.node, each]));
    told.delete(view.node);
    const views = [view, ...told.values()];
    if (this.#does("false-view") && dice.chance(0.3)) views.push(view, view);
    if (this.#does("false-view") && dice.chance(0.3)) {
      // In the name of others, with signatures that they gave to something else.
      const { bestEpoch, bestTerm, best } = view;
      const inTheirName = others.map((each) => ({ ...each, bestEpoch, bestTerm, best }));
      return { ...message, views: [view, ...inTheirName], ...(certificate && { certificate }) };
    }
    return { kind: "new-view", views, ...(certificate === undefined ? {} : { certificate }) };
  }

  #lieAbout(view: SignedViewChange) {
    const { dice, plot, pen } = this.#ports;
    if (view.node !== pen.node) return undefined;
    const isFalse = this.#does("false-view");
    if (!isFalse && !this.#does("stale-view")) return undefined;
    const known = dice.chance(0.3) ? undefined : plot.certificate();
    if (known === undefined) {
      this.#reach("stale-view");
      const best = { num: noBest, id: plot.genesis.id };
      const stale = pen.view({ ...view, bestEpoch: blockNumOf(0), bestTerm: termOf(0), best });
      return { view: stale, certificate: undefined };
    }
    this.#reach(isFalse ? "false-view" : "stale-view");
    const certificate = isFalse ? forgeCertificate(this.#ports, known, view.term) : known;
    return { view: pen.view({ ...view, ...bestOf(certificate) }), certificate };
  }

  #does(vice: Vice): boolean {
    return this.mood.vices.has(vice);
  }

  #reach(vice: Vice): void {
    reach(this.#ports.plot.marks, `liar-${vice}`);
  }
}

function bestOf({ epoch, term, num, id }: Certificate) {
  return { bestEpoch: epoch, bestTerm: term, best: { num, id } };
}
