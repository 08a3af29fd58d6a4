/** All plugins of one call at the top, in one attempt: one to three seconds of work (decision 0070). */
export const callFuelMax = 20_000_000_000;
/** Native stack that the plugins of one call share. */
export const callStackBytes: number = 512 * 1024;
/** Plugins that wait for each other. */
export const callDepthMax = 16;
/** What a call asks of the world outside its machines. */
export const asksMax = 200;
/** Actions of one transaction. */
export const actionsMax = 64;
/** Values that one call writes. */
export const effectsMax = 1000;
/** A plugin's source. */
export const pluginSourceBytesMax: number = 256 * 1024;
