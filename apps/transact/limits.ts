export const chainNameCharsMax: number = 64;
