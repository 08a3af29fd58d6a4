/** What is wrong with packed arguments. */
export function argumentsMessage(fault: {
  readonly code: string;
  readonly offset: number;
}): string {
  return `the arguments are not what is declared: ${fault.code} at byte ${fault.offset}`;
}
