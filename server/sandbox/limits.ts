/** Memory of one instance, in pages of 64 KiB: 32 MiB, as psibase allows its services. */
export const memoryPagesMax = 512;
/** Room for the heap beyond the image, before memory has to grow. */
export const sparePages = 8;
/** A service's JavaScript source, as UTF-8. */
export const sourceBytesMax: number = 1024 * 1024;
/** Memory of the instance that runs a source for its image. */
export const imagePages = 32;
/** Running a source once, to make its image. */
export const imageFuelMax = 2_000_000_000;
/** The runtime's own stack that calls may use in all, as the metering pass estimates it. */
export const imageStackBytes: number = 512 * 1024;
/** What a guest may say in one abort. */
export const abortTextCharsMax = 2_000;
/** Of one line of a service's console; what is behind is left out. */
export const logLineCharsMax = 2_000;
/**
 * Of each kind of code: what memory keeps of what services are, and of what runs them. An image takes from 0.4 MB up to
 * all the memory of an instance.
 */
export const definitionBytesKept: number = 16 * 1024 * 1024;
export const preparedBytesKept: number = 64 * 1024 * 1024;
/** Idle instances kept for the next block. */
export const idleInstancesMax = 32;
/** How deep the JSON of a definition nests; its schema is a text in it. */
export const definitionDepthMax = 8;
/** Memory of one instance of an uploaded module, in pages: 4 MiB, so that its worst loads meet a cache (decision 0070). */
export const wasmPagesMax = 64;
/** JSON of a definition in a module's memory. */
export const definitionBytesMax: number = 256 * 1024;
