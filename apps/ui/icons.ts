// Packages that import this file see the declaration in no other way.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./lucide.d.ts" />

/** The icons in use. Each is taken alone: what nobody imports is in no front-end. */
export { default as addIcon } from "lucide/dist/esm/icons/plus.mjs";
export { default as appIcon } from "lucide/dist/esm/icons/app-window.mjs";
export { default as arrowLeftIcon } from "lucide/dist/esm/icons/arrow-left.mjs";
export { default as backIcon } from "lucide/dist/esm/icons/chevron-left.mjs";
export { default as checkIcon } from "lucide/dist/esm/icons/check.mjs";
export { default as closeIcon } from "lucide/dist/esm/icons/x.mjs";
export { default as copyIcon } from "lucide/dist/esm/icons/copy.mjs";
export { default as dangerIcon } from "lucide/dist/esm/icons/circle-alert.mjs";
export { default as deviceIcon } from "lucide/dist/esm/icons/smartphone.mjs";
export { default as editIcon } from "lucide/dist/esm/icons/pencil.mjs";
export { default as forwardIcon } from "lucide/dist/esm/icons/chevron-right.mjs";
export { default as friendsIcon } from "lucide/dist/esm/icons/users.mjs";
export { default as homeIcon } from "lucide/dist/esm/icons/house.mjs";
export { default as inviteIcon } from "lucide/dist/esm/icons/mail-plus.mjs";
export { default as keyIcon } from "lucide/dist/esm/icons/key-round.mjs";
export { default as linkIcon } from "lucide/dist/esm/icons/link.mjs";
export { default as lockIcon } from "lucide/dist/esm/icons/lock.mjs";
export { default as menuIcon } from "lucide/dist/esm/icons/ellipsis.mjs";
export { default as moreIcon } from "lucide/dist/esm/icons/chevron-down.mjs";
export { default as offlineIcon } from "lucide/dist/esm/icons/wifi-off.mjs";
export { default as passkeyIcon } from "lucide/dist/esm/icons/fingerprint-pattern.mjs";
export { default as permissionsIcon } from "lucide/dist/esm/icons/shield-check.mjs";
export { default as personIcon } from "lucide/dist/esm/icons/user-round.mjs";
export { default as pinIcon } from "lucide/dist/esm/icons/pin.mjs";
export { default as printerIcon } from "lucide/dist/esm/icons/printer.mjs";
export { default as qrCodeIcon } from "lucide/dist/esm/icons/qr-code.mjs";
export { default as queueIcon } from "lucide/dist/esm/icons/clock-arrow-up.mjs";
export { default as reactionIcon } from "lucide/dist/esm/icons/face-grinning.mjs";
export { default as refreshIcon } from "lucide/dist/esm/icons/refresh-cw.mjs";
export { default as removeIcon } from "lucide/dist/esm/icons/trash.mjs";
export { default as replyIcon } from "lucide/dist/esm/icons/reply.mjs";
export { default as sendIcon } from "lucide/dist/esm/icons/send-horizontal.mjs";
export { default as signOutIcon } from "lucide/dist/esm/icons/log-out.mjs";
export { default as spinnerIcon } from "lucide/dist/esm/icons/loader-circle.mjs";
export { default as threadIcon } from "lucide/dist/esm/icons/message-square.mjs";
export { default as timeIcon } from "lucide/dist/esm/icons/clock.mjs";
export { default as warningIcon } from "lucide/dist/esm/icons/triangle-alert.mjs";
export { default as hiddenIcon } from "lucide/dist/esm/icons/eye-off.mjs";
export { default as codeIcon } from "lucide/dist/esm/icons/code-xml.mjs";
