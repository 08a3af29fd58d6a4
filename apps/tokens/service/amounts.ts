import { amountMax, precisionMax } from "./limits.ts";

/** Why a text is no amount of a token. */
export type AmountError = {
  readonly code: "amount-malformed" | "amount-too-precise" | "amount-too-large";
};

export type Amount =
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: false; readonly error: AmountError };

/** 12345 with a precision of 4 is "1.2345": always as many digits behind the point as the token has. */
export function formatAmount(amount: bigint, precision: number): string {
  const digits = amount.toString().padStart(precision + 1, "0");
  if (precision === 0) return digits;
  return `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

/** The exact amount or an error: digits that the token does not have are never rounded away. */
export function parseAmount(text: string, precision: number): Amount {
  const parts = /^([0-9]{1,20})(?:\.([0-9]{1,20}))?$/.exec(text);
  const whole = parts?.[1];
  if (whole === undefined || precision > precisionMax) return refuse("amount-malformed");
  const fraction = (parts?.[2] ?? "").replace(/0+$/, "");
  if (fraction.length > precision) return refuse("amount-too-precise");
  const value = BigInt(whole + fraction.padEnd(precision, "0"));
  return value > amountMax ? refuse("amount-too-large") : { ok: true, value };
}

function refuse(code: AmountError["code"]): Amount {
  return { ok: false, error: { code } };
}
