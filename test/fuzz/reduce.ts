// A failing input made shorter while it still fails in the same way.

/** The shortest text found for which `fails` is true; `fails` is asked at most `most` times. */
export async function reduced(text: string, fails: (text: string) => Promise<boolean>, most = 2000): Promise<string> {
  let now = text;
  let asked = 0;
  for (let width = Math.ceil(now.length / 2); width >= 1; width = width === 1 ? 0 : Math.ceil(width / 2)) {
    for (let at = 0; at < now.length && asked < most;) {
      const shorter = now.slice(0, at) + now.slice(at + width);
      asked++;
      if (shorter.length < now.length && (await fails(shorter))) now = shorter;
      else at += width;
    }
  }
  return now;
}
