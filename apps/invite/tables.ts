import type { Acceptance } from "@kith/sdk/system/invite";
import { table, type Table } from "@kith/sdk/table";
import { account, bool, bytes, str, u16, u64Number, u8, type AccountName } from "@kith/sdk/types";

export type InviteRow = {
  readonly key: Uint8Array;
  readonly inviter: AccountName;
  readonly app: AccountName;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** When it ends, or ended by its last use or by being revoked. */
  readonly endsAt: number;
  readonly usesMax: number;
  readonly uses: number;
  readonly isRevoked: boolean;
  readonly memo: string;
};

export const invites: Table<InviteRow, "key", "byMaking" | "byEnd"> = table(
  "invites",
  {
    key: bytes,
    inviter: account,
    app: account,
    createdAt: u64Number,
    expiresAt: u64Number,
    endsAt: u64Number,
    usesMax: u16,
    uses: u16,
    isRevoked: bool,
    memo: str,
  },
  { key: ["key"], indexes: { byMaking: ["inviter", "createdAt"], byEnd: ["inviter", "endsAt"] } },
);

export const acceptances: Table<Acceptance, "account" | "app", "byInviter" | "newcomers"> = table(
  "acceptances",
  { account, app: account, inviter: account, key: bytes, at: u64Number, isNew: bool },
  {
    key: ["account", "app"],
    indexes: { byInviter: ["inviter", "at"], newcomers: ["account", "isNew"] },
  },
);

export const appRules: Table<
  { readonly app: AccountName; readonly byServiceOnly: boolean },
  "app",
  never
> = table("appRules", { app: account, byServiceOnly: bool }, { key: ["app"] });

export const settings: Table<{ readonly id: number; readonly ownerOnly: boolean }, "id", never> =
  table("settings", { id: u8, ownerOnly: bool }, { key: ["id"] });
export const only = { id: 0 } as const;
