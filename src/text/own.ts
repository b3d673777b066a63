// Looking a name of somebody else's up in a table: `constructor` is in every object, and is no row of ours.

/** The row of a table under a name; undefined when it has none of its own. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
