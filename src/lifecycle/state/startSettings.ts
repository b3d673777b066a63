// The settings that a start of Kong refuses, wherever they stand (in kong.conf, or in variables, which win over it), and where a setting is given.
import { parseConf } from '../../kong/conf';
import { checkKongConf } from '../../kong/confChecks';
import { directiveNames } from '../../kong/directives';
import { envLine } from '../../kong/envFile';
import { listenProblem } from '../../kong/listen';
import { environmentName } from '../../kong/settings';
import { isAtLeast } from '../../kong/versions';
import { inOneLine } from '../../text/ends';
import { Lines } from '../../text/lines';
import type { SettingPlace } from '../../text/problemWords';
import type { NodeView } from './view';

/** What Kong says to a setting that it refuses; without a name where a line keeps it from reading the file at all. */
export interface RefusedSetting {
  said: string;
  setting?: string;
  /** One-based line of kong.conf. */
  line?: number;
}

/** Kong's sentences about the settings that it refuses. */
export function refusedSettings(view: NodeView): RefusedSetting[] {
  return [...refusedInFile(view), ...refusedValues(view), ...refusedListens(view), ...refusedDatabase(view)];
}

/** A line that keeps Kong from reading the file at all. */
function refusedInFile({ confText }: NodeView): RefusedSetting[] {
  const found = confText === undefined ? [] : checkKongConf(confText);
  return found
    .filter(({ code }) => code === 'kong.conf/section')
    .map(({ message, range }) => ({ said: message, line: range.start.line + 1 }));
}

/** Values of the wrong kind, as if all that counts stood in one file. A mistaken list of plugins only names plugins that do not exist. */
function refusedValues(view: NodeView): RefusedSetting[] {
  const given = [
    ...(view.confText === undefined ? [] : parseConf(view.confText).entries.map(({ name }) => name)),
    ...Object.keys(view.facts.env).flatMap((variable) => (variable.startsWith('KONG_') ? [variable.slice(5).toLowerCase()] : [])),
  ];
  const names = [...new Set(given)];
  const lines = names.map((name) => `${name} = ${inOneLine(view.setting(name).value.replace(/#/g, '\\#'))}`);
  return checkKongConf(`${lines.join('\n')}\n`)
    .filter(({ code, enforcedBy }) => enforcedBy.includes('kong-load') && !/section|plugins-malformed/.test(code))
    .map(({ message, range }) => ({ said: message, ...ofSetting(names[range.start.line]) }));
}

const ofSetting = (setting: string | undefined): { setting?: string } => (setting === undefined ? {} : { setting });

function refusedListens(view: NodeView): RefusedSetting[] {
  return directiveNames()
    .filter((name) => name.endsWith('_listen'))
    .flatMap((name) => {
      const { value, from } = view.setting(name);
      const problem = from === 'default' || value === '' || value.startsWith('{vault:') ? undefined : listenProblem(name, value);
      return problem === undefined ? [] : { said: problem, setting: name };
    });
}

function refusedDatabase(view: NodeView): RefusedSetting[] {
  const isGone = view.setting('database').value === 'cassandra' && isAtLeast(view.version, '3.4');
  const said = 'Cassandra as a datastore for Kong is not supported in versions 3.4 and above. Please use Postgres.';
  return isGone ? [{ said, setting: 'database' }] : [];
}

/** The place that decides a setting. */
export async function settingPlace(view: NodeView, name: string): Promise<SettingPlace> {
  const { facts, confText } = view;
  const nowhere = { name, file: null, line: null, here: false, variable: null };
  switch (view.setting(name).from) {
    case 'environment': {
      const variable = environmentName(name);
      const { envPath } = facts;
      const line =
        envPath === undefined ? undefined : envLine((await view.node.read(envPath))?.toString('latin1') ?? '', variable);
      return line === undefined || envPath === undefined
        ? { ...nowhere, variable }
        : { ...inFile(view, name, envPath, line), variable };
    }
    case 'file': {
      const entry = parseConf(confText ?? '').entries.findLast((one) => one.name === name);
      const line = entry === undefined ? null : new Lines(confText ?? '').position(entry.nameStart).line + 1;
      return inFile(view, name, facts.confPath, line);
    }
    default:
      return nowhere;
  }
}

/** A place in a file of a node. */
export function inFile({ node }: NodeView, name: string, file: string, line: number | null): SettingPlace {
  return { name, file, line, here: node.kind === 'folder' || node.kind === 'local', variable: null };
}
