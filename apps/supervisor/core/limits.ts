/** How long plugins may compute without asking anything before their worker is stopped. */
export const pluginSilenceMsMax = 20_000;
/** How long a transaction is good for when it has to wait for a network: days, by TaPoS. */
export const writeSecondsMax: number = 6 * 24 * 60 * 60;
/** How long a key may be one of which nobody knows whether it counts: longer than the writes that depend on it. */
export const provisionalMsMax: number = (writeSecondsMax + 24 * 60 * 60) * 1000;
/** Between attempts to send what is queued. */
export const retryMsMin = 1000;
export const retryMsMax = 60_000;
/** After so long the effects of what is final are carried out by another page: the one that found it out is gone. */
export const effectsMsMax = 10_000;
/** How long what is final is told of. */
export const finalMsMin = 60_000;
/** Writes of one app that wait, or have failed and were not dropped; more are refused. */
export const queuedWritesMax = 200;
/** Of one value that a plugin keeps, and of all values of one plugin. */
export const valueBytesMax: number = 64 * 1024;
export const dataBytesMax: number = 10 * 1024 * 1024;
export const dataKeyCharsMax = 128;
/** Keys that one question lists. */
export const listedKeysMax = 1000;
/** Of an answer that a plugin asks its service for. */
export const httpBodyBytesMax: number = 1024 * 1024;
/** Questions of one page that are open at a time, and calls. */
export const openFetchesMax = 64;
export const openCallsMax = 64;
/** How long a node may say nothing before another one is asked as well, and how long all of them may. */
export const nodeSilenceMsMax = 5000;
export const answerMsMax = 60_000;
/** How long the body of an answer may stay silent, and how long all of it may take. */
export const bodySilenceMsMax = 10_000;
export const bodyMsMax = 120_000;
/** Of an answer to the supervisor itself: lists of plugins are the longest. */
export const answerBytesMax: number = 8 * 1024 * 1024;
/** How long other nodes are believed to be where they were. */
export const nodesMsMax: number = 10 * 60 * 1000;
/** How long plugins are believed to be what the network said; then it is asked again before the next call. */
export const pluginsMsMax: number = 60 * 1000;
/** How long the block that transactions refer to is used again. */
export const referenceMsMax: number = 10 * 60 * 1000;
/** So many questions of one app that somebody turns away from within this time, and it is not heard for the next time. */
export const dismissalsMax = 3;
export const dismissalsMs: number = 60 * 1000;
export const refusalMs: number = 60 * 1000;
/** How long the page stays covered after an answer that another question may follow, unless the call ends before. */
export const nextQuestionMsMax = 3000;
