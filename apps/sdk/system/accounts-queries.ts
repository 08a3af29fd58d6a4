import type { NoArguments } from "@kith/protocol/entry-points";
import { bool, object, option } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import { question, type Question } from "../query.ts";
import { word } from "../word.ts";
import {
  accountRules,
  type AccountRules,
  type AccountStanding,
  type NameStanding,
} from "./accounts.ts";

type OfName = { readonly name: AccountName };

/** What pages ask that let people choose a name. */
export const accountsQueries: {
  readonly rules: Question<NoArguments, AccountRules>;
  readonly exists: Question<OfName, boolean>;
  readonly standing: Question<OfName, AccountStanding | undefined>;
  readonly nameStanding: Question<OfName, NameStanding>;
} = {
  rules: question({}, accountRules),
  exists: question({ name: accountCodec }, bool),
  standing: question(
    { name: accountCodec },
    option(object({ authService: accountCodec, locked: bool })),
  ),
  nameStanding: question({ name: accountCodec }, word("free", "taken", "reserved", "short")),
};
