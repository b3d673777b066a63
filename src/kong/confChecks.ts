// What is wrong in a kong.conf: the mistakes Kong takes without a word, and the values it refuses.
import { closest, distance } from 'fastest-levenshtein';
import { byPosition, type Diagnostic, type Fix, type Severity } from '../text/diagnostic';
import { Lines } from '../text/lines';
import { parseConf, type Conf, type ConfEntry } from './conf';
import { directiveFor, directiveNames } from './directives';
import { pluginsMistake, soundPlugins, listEntries, pluginNameProblem } from './pluginsSetting';

interface ConfFinding {
  code: string;
  severity: Severity;
  message: string;
  start: number;
  end: number;
  /** A replacement of a stretch of the text that mends it. */
  fix?: { title: string; start: number; end: number; text: string };
}

interface ConfCheck {
  code: string;
  severity: Severity;
  /** `kong` when Kong itself refuses to start. */
  refused?: boolean;
  find(conf: Conf): Omit<ConfFinding, 'code' | 'severity'>[];
}

const onName = (entry: ConfEntry): { start: number; end: number } => ({ start: entry.nameStart, end: entry.nameEnd });
const onValue = (entry: ConfEntry): { start: number; end: number } =>
  entry.valueEnd > entry.valueStart ? { start: entry.valueStart, end: entry.valueEnd } : onName(entry);
const replaceValue = (entry: ConfEntry, title: string, text: string): NonNullable<ConfFinding['fix']> => ({
  title,
  start: entry.valueStart,
  end: entry.valueEnd,
  text,
});

/** The entry of each name that counts: the last one. */
function effective(conf: Conf): ConfEntry[] {
  return [...new Map(conf.entries.map((entry) => [entry.name, entry])).values()];
}

function entryOf(conf: Conf, name: string): ConfEntry | undefined {
  return conf.entries.findLast((entry) => entry.name === name);
}

/** As many problems of one check as anybody reads. */
const MAX_PROBLEMS = 200;

/** The documented setting a misspelt name was probably meant to be. */
function meant(name: string): string | undefined {
  // As variables are named (KONG_DATABASE): in the file a setting has no prefix, and small letters.
  const plain = name.toLowerCase().replace(/^kong_/, '');
  if (directiveFor(plain) !== undefined) return plain;
  const most = Math.max(1, Math.floor(plain.length / 4));
  // Texts are at least as far apart as their lengths: most names need not be compared.
  const near = directiveNames().filter((known) => Math.abs(known.length - plain.length) <= most);
  const nearest = near.length === 0 ? undefined : closest(plain, near);
  return nearest !== undefined && distance(plain, nearest) <= most ? nearest : undefined;
}

const CHECKS: readonly ConfCheck[] = [
  {
    code: 'kong.conf/unknown-setting',
    severity: 'warning',
    find: (conf) =>
      conf.entries.flatMap((entry) => {
        if (entry.name === 'custom_plugins' || directiveFor(entry.name) !== undefined) return [];
        const suggestion = meant(entry.name);
        return [
          {
            ...onName(entry),
            message: `Kong has no setting "${entry.name}" and ignores this line${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`,
            ...(suggestion === undefined
              ? {}
              : { fix: { title: `Change to "${suggestion}"`, start: entry.nameStart, end: entry.nameEnd, text: suggestion } }),
          },
        ];
      }),
  },
  {
    code: 'kong.conf/custom-plugins',
    severity: 'error',
    find: (conf) =>
      conf.entries
        .filter((entry) => entry.name === 'custom_plugins')
        .map((entry) => ({
          ...onName(entry),
          message: 'custom_plugins is gone since Kong 1.0 and ignored; name the plugins in "plugins".',
          fix: {
            title: 'Write as "plugins = bundled,…"',
            start: entry.nameStart,
            end: entry.valueEnd,
            text: `plugins = bundled${entry.value === '' ? '' : `,${entry.value}`}`,
          },
        })),
  },
  {
    code: 'kong.conf/duplicate',
    severity: 'warning',
    find: (conf) => {
      const counts = new Set(effective(conf));
      return conf.entries
        .filter((entry) => !counts.has(entry))
        .map((entry) => ({
          ...onName(entry),
          message: `A later line sets "${entry.name}" again, and the last one wins: this line has no effect.`,
        }));
    },
  },
  {
    code: 'kong.conf/no-equals',
    severity: 'warning',
    find: (conf) =>
      conf.oddities
        .filter((oddity) => oddity.kind === 'no-equals')
        .map((oddity) => {
          const parts = /^([A-Za-z_][A-Za-z0-9_]*)(\s*:\s*|\s+)(.*)$/s.exec(oddity.text);
          const name = parts?.[1];
          const value = parts?.[3];
          const known = name !== undefined && directiveFor(name) !== undefined && value !== undefined;
          return {
            start: oddity.start,
            end: oddity.end,
            message: 'Kong ignores this line: a setting is written "name = value".',
            ...(known
              ? { fix: { title: `Write "${name} = …"`, start: oddity.start, end: oddity.end, text: `${name} = ${value}` } }
              : {}),
          };
        }),
  },
  {
    code: 'kong.conf/section',
    severity: 'error',
    refused: true,
    find: (conf) =>
      conf.oddities
        .filter((oddity) => oddity.kind === 'section')
        .map(({ start, end }) => ({
          start,
          end,
          message: 'kong.conf has no sections: Kong cannot read the file with this line in it.',
        })),
  },
  {
    code: 'kong.conf/plugins-malformed',
    severity: 'error',
    refused: true,
    find: (conf) => {
      const entry = entryOf(conf, 'plugins');
      const mistake = entry === undefined ? undefined : pluginsMistake(entry.value);
      if (entry === undefined || mistake === undefined) return [];
      const why = {
        quotes: 'Quotes become part of the plugin names',
        semicolon: 'Plugin names are separated by commas, a semicolon becomes part of a name',
        space: 'Plugin names are separated by commas, a space becomes part of a name',
      }[mistake];
      const sound = soundPlugins(entry.value);
      return [
        {
          ...onValue(entry),
          message: `${why}: Kong would say "plugin is enabled but not installed".`,
          fix: replaceValue(entry, `Write ${sound}`, sound),
        },
      ];
    },
  },
  {
    code: 'kong.conf/plugin-name',
    severity: 'warning',
    find: (conf) => {
      const entry = entryOf(conf, 'plugins');
      if (entry === undefined || pluginsMistake(entry.value) !== undefined) return [];
      const odd = listEntries(entry.value).filter(
        (name) => name !== 'bundled' && name !== 'off' && pluginNameProblem(name) !== undefined,
      );
      return odd.map((name) => ({
        ...onValue(entry),
        message:
          name === '' ? 'An empty entry is a plugin without a name; Kong will not find it.' : (pluginNameProblem(name) ?? ''),
      }));
    },
  },
  {
    code: 'kong.conf/plugins-without-bundled',
    severity: 'info',
    find: (conf) => {
      const entry = entryOf(conf, 'plugins');
      if (entry === undefined || pluginsMistake(entry.value) !== undefined) return [];
      const entries = listEntries(entry.value);
      if (entries.length === 0 || entries.includes('bundled') || entries[0] === 'off') return [];
      return [
        {
          ...onValue(entry),
          message: 'Without "bundled" in the list, none of the plugins that come with Kong can be used.',
          fix: replaceValue(entry, 'Add "bundled"', `bundled,${entry.value}`),
        },
      ];
    },
  },
  {
    code: 'kong.conf/invalid-value',
    severity: 'error',
    refused: true,
    find: (conf) =>
      effective(conf).flatMap((entry) => {
        const values = directiveFor(entry.name)?.values;
        if (values === undefined || entry.value === '' || entry.value.startsWith('{vault:') || values.includes(entry.value))
          return [];
        const nearest = closest(entry.value.toLowerCase(), [...values]);
        const near = distance(entry.value.toLowerCase(), nearest) <= 3;
        return [
          {
            ...onValue(entry),
            message: `${entry.name} has an invalid value: '${entry.value}' (${values.join(', ')})`,
            ...(near ? { fix: replaceValue(entry, `Change to "${nearest}"`, nearest) } : {}),
          },
        ];
      }),
  },
  {
    code: 'kong.conf/not-a-number',
    severity: 'error',
    refused: true,
    find: (conf) =>
      effective(conf)
        .filter(
          (entry) =>
            directiveFor(entry.name)?.type === 'number' &&
            entry.value !== '' &&
            !entry.value.startsWith('{vault:') &&
            !/^[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)$/.test(entry.value),
        )
        .map((entry) => ({ ...onValue(entry), message: `${entry.name} is not a number: '${entry.value}'` })),
  },
  {
    code: 'kong.conf/not-a-boolean',
    severity: 'warning',
    find: (conf) =>
      effective(conf)
        .filter(
          (entry) =>
            ['boolean', 'ngx_boolean'].includes(directiveFor(entry.name)?.type ?? '') &&
            entry.value !== '' &&
            !['on', 'off', 'true', 'false'].includes(entry.value),
        )
        .map((entry) => ({ ...onValue(entry), message: `Kong reads '${entry.value}' as "off": write on or off.` })),
  },
  {
    code: 'kong.conf/package-path-quoted',
    severity: 'error',
    find: (conf) =>
      ['lua_package_path', 'lua_package_cpath'].flatMap((name) => {
        const entry = entryOf(conf, name);
        if (entry === undefined || !/["']/.test(entry.value)) return [];
        const bare = entry.value.replace(/["']/g, '');
        return [
          {
            ...onValue(entry),
            message: `Quotes become part of the path: Kong will look for a folder whose name begins with a quote.`,
            fix: replaceValue(entry, 'Remove the quotes', bare),
          },
        ];
      }),
  },
  {
    code: 'kong.conf/package-path-pattern',
    severity: 'error',
    find: (conf) => {
      const entry = entryOf(conf, 'lua_package_path');
      if (entry === undefined) return [];
      return entry.value
        .split(';')
        .map((pattern) => pattern.trim())
        .filter((pattern) => pattern !== '' && !pattern.includes('?'))
        .slice(0, MAX_PROBLEMS)
        .map((pattern) => ({
          ...onValue(entry),
          message: `"${pattern}" has no "?": an entry of lua_package_path is a pattern such as ${pattern.replace(/\/$/, '')}/?.lua.`,
          fix: replaceValue(entry, 'Make it a pattern', entry.value.replace(pattern, `${pattern.replace(/\/$/, '')}/?.lua`)),
        }));
    },
  },
  {
    code: 'kong.conf/package-path-too-deep',
    severity: 'warning',
    find: (conf) => {
      const entry = entryOf(conf, 'lua_package_path');
      const deep = entry?.value
        .split(';')
        .find((pattern) => /\/kong(?:\/plugins(?:\/[^/?]+)?)?\/\?(?:\/init)?\.lua$/.test(pattern.trim()));
      if (entry === undefined || deep === undefined) return [];
      const above = deep.replace(/\/kong(?:\/plugins(?:\/[^/?]+)?)?(\/\?(?:\/init)?\.lua)$/, '$1');
      return [
        {
          ...onValue(entry),
          message:
            'Kong asks for kong/plugins/<name>/handler.lua below this folder: name the folder that holds "kong", not one inside it.',
          fix: replaceValue(entry, `Change to ${above}`, entry.value.replace(deep, above)),
        },
      ];
    },
  },
];

/**
 * Everything wrong in the text of a kong.conf. `enforcedBy` holds `kong-load` where a Kong with this file does not start.
 * `path` is the file the fixes edit.
 */
export function checkKongConf(text: string, path = 'kong.conf'): Diagnostic[] {
  const conf = parseConf(text);
  const lines = new Lines(text);
  const range = (start: number, end: number): Diagnostic['range'] => lines.range(start, end);
  return CHECKS.flatMap((check) =>
    check
      .find(conf)
      .slice(0, MAX_PROBLEMS)
      .map((found): Diagnostic => {
        const fixes: Fix[] =
          found.fix === undefined
            ? []
            : [
                {
                  title: found.fix.title,
                  safe: check.severity === 'error',
                  changes: [
                    { kind: 'edit', path, edits: [{ range: range(found.fix.start, found.fix.end), newText: found.fix.text }] },
                  ],
                },
              ];
        return {
          code: check.code,
          severity: check.severity,
          message: found.message,
          range: range(found.start, found.end),
          enforcedBy: check.refused === true ? ['kong-load'] : [],
          ...(fixes.length === 0 ? {} : { fixes }),
        };
      }),
  ).sort(byPosition);
}
