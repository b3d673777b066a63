// Test equipment: waiting for a condition, never for a time.

/** Tests poll: the value of `look` as soon as it is not undefined. Throws after the limit, saying what was waited for. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, limit = 10_000): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`waited ${limit} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
