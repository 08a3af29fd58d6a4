/** What a transaction that changes quotas takes, several times over. */
export const fuelMin = 500_000_000;
/** How long a sponsor can pay for a guest without being asked again. */
export const guestSecondsMax: number = 24 * 3600;
export const claimSecondsMax: number = 30 * 24 * 3600;
