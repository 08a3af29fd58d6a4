export { connectOriginsMax } from "@kith/protocol/limits";
export { fillPolicy, isConnectOrigin, sitePolicy } from "@kith/protocol/site-policy";
