/** What a transaction that changes quotas takes, several times over. */
export const fuelMin = 500_000_000;
