/**
 * How much somebody has to trust the app or plugin that calls a function (psibase, default-apps/permissions.md).
 *
 * - `none`: anybody may call it; it shows or does nothing that would need asking.
 * - `low`, `medium`, `high`: the user is asked, unless a grant for this caller says so already. A grant of one level counts
 *   for the lower ones. An app calls the plugin of its own account without being asked.
 * - `max`: only the app and plugins of the plugin's own account.
 */
export type TrustLevel = "none" | "low" | "medium" | "high" | "max";

/** From the least on. */
export const trustLevels: readonly TrustLevel[] = ["none", "low", "medium", "high", "max"];
