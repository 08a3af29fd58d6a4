/** What is wrong with a key that a command was given, or should make. */
export type KeyFault =
  | { readonly code: "key-exists"; readonly path: string }
  | { readonly code: "key-missing"; readonly path: string }
  | { readonly code: "key-malformed"; readonly path: string }
  | { readonly code: "key-not-written"; readonly path: string; readonly reason: string }
  | { readonly code: "public-key-malformed"; readonly path: string };

export function describeKeyFault(error: KeyFault): string {
  switch (error.code) {
    case "key-exists":
      return `${error.path} exists, and a key is never overwritten.\nUse it as it is, or choose another file with --out FILE.`;
    case "key-missing":
      return `There is no key at ${error.path}.\nMake one with "bun run kith key new", or name yours with --key FILE.`;
    case "key-malformed":
      return `${error.path} is not an Ed25519 key in PKCS#8 PEM form.\nMake one with "bun run kith key new", or name another with --key FILE.`;
    case "key-not-written":
      return `The key could not be written to ${error.path} (${error.reason}).\nChoose another place with --out FILE.`;
    case "public-key-malformed":
      return `${error.path} is not a public key in PEM form, which begins with -----BEGIN PUBLIC KEY-----.\n"bun run kith key new" prints it for whoever has the key.`;
  }
}
