/** ISO 8601 as psibase writes and reads it; seconds do not count leap seconds. */
const secondsOfDay = 86_400n;
const pattern =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d*))?(?:Z|([+\-\u2212])(\d{2})(?:(:?)(\d{2}))?)$/;
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The years that four digits write: what `formatTime` accepts, in seconds since the Unix epoch. */
const secondsMin = -62_167_219_200n;
const secondsMax = 253_402_300_799n;

/** `ticks` since the Unix epoch, 10^digits of them a second. Undefined outside of the years 0 to 9999. */
export function formatTime(ticks: bigint, digits: number): string | undefined {
  const perSecond = 10n ** BigInt(digits);
  const seconds = floorDivide(ticks, perSecond);
  if (seconds < secondsMin || seconds > secondsMax) return undefined;
  const day = floorDivide(seconds, secondsOfDay);
  const inDay = Number(seconds - day * secondsOfDay);
  const date = dateOfDay(Number(day));
  const clock = [inDay / 3600, (inDay / 60) % 60, inDay % 60].map((part) => padded(part, 2));
  const fraction = digits === 0 ? "" : `.${padded(Number(ticks - seconds * perSecond), digits)}`;
  return `${date}T${clock.join(":")}${fraction}Z`;
}

/** Ticks since the Unix epoch, further digits cut off; undefined when the text is not a time. */
export function parseTime(text: string, digits: number): bigint | undefined {
  const parts = text.length > 64 ? null : pattern.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map(Number);
  const fraction = parts[7] ?? "";
  if (!isDate(year, month, day) || hour > 24 || minute > 59 || second > 60) return undefined;
  if (hour === 24 && (minute !== 0 || second !== 0 || Number(fraction) !== 0)) return undefined;
  const offset = offsetMinutes(parts.slice(8));
  if (offset === undefined) return undefined;
  const inDay = hour * 3600 + (minute - offset) * 60 + Math.min(second, 59);
  const seconds = BigInt(dayOfDate(year, month, day)) * secondsOfDay + BigInt(inDay);
  const cut = BigInt(fraction.slice(0, digits).padEnd(digits, "0") || "0");
  return seconds * 10n ** BigInt(digits) + cut;
}

function offsetMinutes(parts: readonly (string | undefined)[]): number | undefined {
  const [sign, hours, , minutes] = parts;
  if (sign === undefined) return 0;
  const offset = Number(hours) * 60 + Number(minutes ?? 0);
  if (Number(hours) > 14 || Number(minutes ?? 0) > 59) return undefined;
  if (sign === "+") return offset;
  return offset === 0 ? undefined : -offset;
}

function isDate(year: number, month: number, day: number): boolean {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day < 1 || day > (daysOfMonth[month - 1] ?? 0)) return false;
  return month !== 2 || day !== 29 || isLeap;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; years begin in March, so leap days end them. */
function dayOfDate(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

function dateOfDay(day: number): string {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(dayOfMonth, 2)}`;
}

function padded(value: number, digits: number): string {
  return String(Math.floor(value)).padStart(digits, "0");
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}
