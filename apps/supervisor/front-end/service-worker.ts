/** Lets the frame, its windows and the plugins' engine open without network. */
import { keepOffline } from "@kith/sdk/service-worker";
import { files } from "kith:files";

// A new device and a passkey's window need the network in any case.
keepOffline({ files, keeps: ({ path }) => !/\/(?:passkey|qr-code)/.test(path) });
