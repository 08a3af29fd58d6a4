/** What must never happen has happened: the run ends and its seed replays it. */
export class SafetyViolation extends Error {
  readonly rule: Rule;
  constructor(rule: Rule, facts: string) {
    super(`${rule}: ${facts}`);
    this.rule = rule;
  }
}

export type Rule =
  | "one leader a term"
  | "one block a term and height"
  | "one final block a height"
  | "final blocks are durable on a quorum"
  | "final blocks stay"
  | "leaders count blocks of their own term"
  | "votes never regress"
  | "one vote a term"
  | "votes are durable before they are told"
  | "confirms are durable before they are told"
  | "terms are durable before they are used"
  | "logs are chains"
  | "commit never goes back"
  | "ballots never regress"
  | "a quorum prepared what is locked"
  | "commits stand on durable certificates"
  | "no two votes of a term conflict"
  | "nobody votes in a term that it left"
  | "nobody votes for a wrong state"
  | "nobody votes for a state that it did not compute"
  | "view changes are no worse than commits"
  | "view changes name durable certificates"
  | "terms begin where a quorum allows"
  | "every term is of one epoch"
  | "evidence convinces everybody"
  | "nobody honest is accused"
  | "producers change as the state asks"
  | "repair brings back what was there"
  | "equal states at equal heights"
  | "executed once"
  | "acknowledged stays"
  | "only what is proved is executed"
  | "reads are linearizable"
  | "traffic stays bounded";
