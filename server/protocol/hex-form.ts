const digitsOnly = /^[0-9a-fA-F]*$/;

/** Whether this is hex: two digits a byte, of either case, and nothing else. */
export function isHex(text: string): boolean {
  return text.length % 2 === 0 && digitsOnly.test(text);
}
