/** Text as UTF-8, for plugins and services: their machines know no TextEncoder. */
export { packText, unpackText } from "@kith/protocol/texts";
