/** What a promise gives, or `late` when it takes longer than that. */
export async function within<T, Late>(
  promise: Promise<T>,
  timeoutMs: number,
  late: Late,
): Promise<T | Late> {
  const tooLate = Promise.withResolvers<Late>();
  const timer = setTimeout(() => tooLate.resolve(late), timeoutMs);
  try {
    return await Promise.race([promise, tooLate.promise]);
  } finally {
    clearTimeout(timer);
  }
}
