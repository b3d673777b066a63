// The settings that a start of Kong refuses, wherever they stand: in kong.conf, or in variables, which win over it.
import { parseConf } from '../../kong/conf';
import { checkKongConf } from '../../kong/confChecks';
import { directiveNames } from '../../kong/directives';
import { listenProblem } from '../../kong/listen';
import { isAtLeast } from '../../kong/versions';
import type { NodeView } from './view';
import { inOneLine } from '../../text/ends';

/** Kong's sentences about the settings that it refuses. */
export function refusedSettings(view: NodeView): string[] {
  return [...refusedInFile(view), ...refusedValues(view), ...refusedListens(view), ...refusedDatabase(view)];
}

/** A line that keeps Kong from reading the file at all. */
function refusedInFile({ confText }: NodeView): string[] {
  const found = confText === undefined ? [] : checkKongConf(confText);
  return found.filter(({ code }) => code === 'kong.conf/section').map(({ message }) => message);
}

/** Values of the wrong kind, as if all that counts stood in one file. A mistaken list of plugins only names plugins that do not exist. */
function refusedValues(view: NodeView): string[] {
  const names = new Set([
    ...(view.confText === undefined ? [] : parseConf(view.confText).entries.map(({ name }) => name)),
    ...Object.keys(view.facts.env).flatMap((variable) => (variable.startsWith('KONG_') ? [variable.slice(5).toLowerCase()] : [])),
  ]);
  const lines = [...names].map((name) => `${name} = ${inOneLine(view.setting(name).value.replace(/#/g, '\\#'))}`);
  return checkKongConf(`${lines.join('\n')}\n`)
    .filter(({ code, enforcedBy }) => enforcedBy.includes('kong-load') && !/section|plugins-malformed/.test(code))
    .map(({ message }) => message);
}

function refusedListens(view: NodeView): string[] {
  return directiveNames()
    .filter((name) => name.endsWith('_listen'))
    .flatMap((name) => {
      const { value, from } = view.setting(name);
      const problem = from === 'default' || value === '' || value.startsWith('{vault:') ? undefined : listenProblem(name, value);
      return problem ?? [];
    });
}

function refusedDatabase(view: NodeView): string[] {
  const isGone = view.setting('database').value === 'cassandra' && isAtLeast(view.version, '3.4');
  return isGone ? ['Cassandra as a datastore for Kong is not supported in versions 3.4 and above. Please use Postgres.'] : [];
}
