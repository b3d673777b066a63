// The settings of kong.conf as data: default, type, and the versions that have them (from kong.conf.default and the parsers of 2.8.5, 3.4.2, 3.9.1).
import table from './directives.json';

export type DirectiveType = 'string' | 'number' | 'boolean' | 'ngx_boolean' | 'array';

/** One setting of kong.conf. */
export interface Directive {
  type: DirectiveType;
  default: string | undefined;
  /** The values Kong accepts, where it accepts only some. */
  values: readonly string[] | undefined;
  /** The setting that takes its place. */
  replacement: string | undefined;
  /** The versions of the table that document it; undefined means all of them. */
  versions: readonly string[] | undefined;
}

interface Row {
  type?: DirectiveType;
  enum?: readonly string[];
  replacement?: string;
  default?: string;
  in?: readonly string[];
}

const ROWS = new Map(Object.entries(table as Record<string, Row>));

/** Names that begin like this are settings whatever follows (kong/conf_loader/constants.lua@3.9.1, DYNAMIC_KEY_NAMESPACES and vaults). */
const DYNAMIC_NAMES =
  /^(?:nginx_(?:main|events|http|upstream|proxy|location|status|debug|admin|stream|supstream|sproxy|wasm)_|pluginserver_|vault_)/;

/** Every setting with a name of its own. */
export function directiveNames(): string[] {
  return [...ROWS.keys()];
}

/** A setting by name; undefined when Kong has none of that name. */
export function directiveFor(name: string): Directive | undefined {
  const row = ROWS.get(name);
  if (row === undefined) {
    return DYNAMIC_NAMES.test(name)
      ? { type: 'string', default: undefined, values: undefined, replacement: undefined, versions: undefined }
      : undefined;
  }
  return { type: row.type ?? 'string', default: row.default, values: row.enum, replacement: row.replacement, versions: row.in };
}
