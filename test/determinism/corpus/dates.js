// Time stands still at the block's, in UTC, whatever zone and language the machine has.
const now = Date.now();
show(now, new Date(), new Date().getTime() === now, Date(), new Date().getTimezoneOffset(), typeof performance);
for (let i = 0; i < 1000; i++) if (Date.now() !== now) show("moved", i);
const dates = [now, 0, -1, 8.64e15, 8.64e15 + 1, -62198755200000, 951782400000, 1711846800000, 1729994400000, NaN, -8.64e15, 253402300800000, 4107542399999];
for (const time of dates) {
  const date = new Date(time);
  show(time, date, String(date), date.toString(), date.toDateString(), date.toTimeString(), date.toUTCString(), date.toJSON());
  show(date.toLocaleString(), date.toLocaleDateString(), date.toLocaleTimeString(), date.getTimezoneOffset());
  show(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds(), date.getMilliseconds(), date.getDay(), date.getYear());
  show(date.getUTCFullYear(), date.getUTCHours(), date.getUTCDay(), date[Symbol.toPrimitive]("number"), date[Symbol.toPrimitive]("default"));
}
for (const text of ["2026-11-21", "2026-11-21T12:34:56", "2026-11-21T12:34:56.789Z", "2026-11-21T12:34+02:00", "Sat, 21 Nov 2026 12:00:00 GMT", "Nov 21 2026", "21 Nov 2026 10:00 PST", "2026/11/21 10:00", "11/21/2026", "2026-02-30", "2026-13-01", "+002026-11-21", "-000001-01-01T00:00:00Z", "x", "", "12:00", "Sat Nov 21 2026 12:34:56 GMT+0100 (CET)", "2024-03-31T02:30:00", "2026-11-21T24:00:00"]) {
  show(text, Date.parse(text), new Date(text));
}
show(Date.UTC(2026), Date.UTC(2026, 10, 21, 1, 2, 3, 4), Date.UTC(99, 0), Date.UTC(), new Date(2026, 2, 29, 2, 30), new Date(99, 11, 31), new Date(2026, 0, 400), new Date(-1, 0));
const moving = new Date(2026, 0, 31);
moving.setMonth(1);
show(moving, moving.setHours(100, -5, 3600), moving.setFullYear(2023, 1, 29), moving.setUTCDate(0), moving.setMilliseconds(-1), moving.setTime(5e15), moving.setYear(99));
