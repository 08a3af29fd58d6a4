/** Since when a question has to have been there, in full, before an answer counts. */
export const seenMsMin = 500;
/** Since when the pointer has to have been above the frame, and the frame in its place below it. */
export const steadyMsMin = 300;
/** What a frame has to measure, unless the browser's window is smaller. */
export const frameWidthMin = 320;
export const frameHeightMin = 400;
/** How much of the browser's window it has to fill at least where that is smaller, or where fingers tap. */
export const windowShareMin = 0.6;
export const tappedWidthShareMin = 0.9;
