// Values in command lines that are shown to people, who paste them into a shell.

/** What no POSIX shell reads as anything but itself. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A value as one word of a shell, quoted where it has to be. */
export function shellWord(value: string): string {
  return PLAIN.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
