// The rockspec formats.

/** Oldest first; nothing between them exists. */
export const FORMATS = ['1.0', '1.1', '3.0', '3.1'] as const;

export type Format = (typeof FORMATS)[number];

/** Whether a text is a format that some LuaRocks knows. */
export function isFormat(text: string): text is Format {
  return FORMATS.some((format) => format === text);
}
