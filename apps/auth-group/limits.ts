export const membersMax = 32;
