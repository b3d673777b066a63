// Numbers of things as people say them.

/** `1 problem`, `2,000 problems`; takes a noun whose plural ends in s. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
