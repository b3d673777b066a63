// The settings the server reads, per folder, through workspace/configuration; defaults when the client has none.
import type { Connection } from 'vscode-languageserver';
import { readChoices, type Choices } from '../text/chosen';

/** The part of `kongPlugin.*` that checks and language features depend on. */
export interface Settings {
  /** Target Kong, for example `3.9`. */
  kong: string;
  /** LuaRocks to check for; undefined means the one inside the target Kong. */
  luarocks: string | undefined;
  inlayHints: boolean;
  /** Other severities of single checks. */
  checks: Choices;
  /** A server for plain Lua works on the same files: what it says is left to it. */
  luaServer: boolean;
}

const DEFAULTS: Settings = { kong: '3.9', luarocks: undefined, inlayHints: true, checks: {}, luaServer: false };

/** Turns what a client sent for section `kongPlugin` into settings; anything of the wrong type is its default. */
export function parseSettings(value: unknown): Settings {
  const section = isRecord(value) ? value : {};
  const hints = isRecord(section['inlayHints']) ? section['inlayHints']['enabled'] : undefined;
  return {
    kong: nonEmptyString(section['kong']) ?? DEFAULTS.kong,
    luarocks: nonEmptyString(section['luarocks']),
    inlayHints: typeof hints === 'boolean' ? hints : DEFAULTS.inlayHints,
    checks: readChoices(section['checks']),
    luaServer: section['luaServer'] === true,
  };
}

/** Settings by document, asked for once and kept until `forget`. */
export interface SettingsStore {
  of(uri: string): Promise<Settings>;
  /** Drops what was read; `pushed` is what a client without workspace/configuration sends with its notification. */
  forget(pushed?: unknown): void;
}

/** A store that asks the client where it can answer, and otherwise lives on `initial` and on what the client pushes. */
export function createSettingsStore(connection: Connection, canAsk: boolean, initial: unknown): SettingsStore {
  let fixed = parseSettings(initial);
  let known = new Map<string, Promise<Settings>>();
  const ask = async (scopeUri: string): Promise<Settings> =>
    parseSettings(await connection.workspace.getConfiguration({ scopeUri, section: 'kongPlugin' }));
  return {
    of: (uri) => {
      if (!canAsk) return Promise.resolve(fixed);
      let settings = known.get(uri);
      if (settings === undefined) {
        settings = ask(uri).catch(() => {
          known.delete(uri);
          return fixed;
        });
        known.set(uri, settings);
      }
      return settings;
    },
    forget: (pushed) => {
      known = new Map();
      if (isRecord(pushed) && 'kongPlugin' in pushed) fixed = parseSettings(pushed['kongPlugin']);
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
