// What a person reads of the PDK: a function's call, what it takes and gives, and the phases in which that Kong lets it be called.
import { pdkFields, pdkFunctions, pdkName, pdkPhases, type PdkFunction, type PdkParameter } from '../../kong/pdk/pdk';
import { PHASES } from '../../kong/pdk/phases';
import { isAtLeast, type KongVersion } from '../../kong/versions';

/** One name right below a table of `kong`. */
export interface PdkMember {
  /** The last part: `get_header`. */
  name: string;
  /** The full name, with dots. */
  full: string;
  kind: 'function' | 'method' | 'field' | 'table';
}

/** What a plugin may use of a table of `kong`, in alphabetical order; functions of Enterprise only for an Enterprise version. */
export function pdkMembers(table: string, version: KongVersion): PdkMember[] {
  const members = new Map<string, PdkMember>();
  const add = (written: string, kind: PdkMember['kind']): void => {
    const full = written.replace(':', '.');
    if (!full.startsWith(`${table}.`)) return;
    const [name = '', ...deeper] = full.slice(table.length + 1).split('.');
    const known = members.get(name);
    // `kong.log` is called itself, and is a table of functions.
    if (deeper.length > 0) members.set(name, known ?? { name, full: `${table}.${name}`, kind: 'table' });
    else if (known === undefined || known.kind === 'table') members.set(name, { name, full, kind });
  };
  for (const { name, internal } of pdkFunctions(version, version.enterprise !== undefined)) {
    if (!internal) add(name, name.includes(':') ? 'method' : 'function');
  }
  for (const { name, internal, type } of pdkFields(version)) if (!internal) add(name, type === 'table' ? 'table' : 'field');
  return [...members.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The phases of plugins in which that Kong lets a function be called; undefined when it checks none. */
export function pluginPhases(name: string, version: KongVersion): string[] | undefined {
  const allowed = pdkPhases(name, version);
  if (allowed === undefined) return undefined;
  return PHASES.filter(({ name: phase, from }) => allowed.has(phase) && isAtLeast(version, from)).map((phase) => phase.name);
}

/** Whether a phase, or a timer, may call a function. */
export function mayCall(name: string, phase: string, version: KongVersion): boolean {
  return pdkPhases(name, version)?.has(phase) ?? true;
}

/** One line of a function: its parameters and what it returns. */
export function callWords({ parameters, returns }: PdkFunction): string {
  const given = returns.length === 0 ? '' : `: ${returns.join(', ')}`;
  return `(${parameters.map(parameterWords).join(', ')})${given}`;
}

/** A parameter with its type. */
export function parameterWords({ name, optional, type }: PdkParameter): string {
  const written = `${name}${optional ? '?' : ''}`;
  return type === 'any' ? written : `${written}: ${type}`;
}

/** Markdown of a name of the PDK; undefined when that Kong's PDK does not say what it is. */
export function pdkMarkdown(full: string, version: KongVersion): string | undefined {
  const found = pdkName(full, version);
  switch (found.kind) {
    case 'function': {
      const { function: entry } = found;
      return [`\`\`\`lua\nfunction ${entry.name}${callWords(entry)}\n\`\`\``, ...aboutFunction(entry, version)].join('\n\n');
    }
    case 'field':
      return [`\`\`\`lua\n${full}: ${found.field.type}\n\`\`\``, found.field.doc].join('\n\n');
    case 'module': {
      const members = pdkMembers(full, version);
      return [`**${full}** of the PDK`, members.map(({ name }) => `\`${name}\``).join(', ')].join('\n\n');
    }
    case 'otherVersion': {
      const { since, until } = found;
      const when = until === undefined ? `It came with Kong ${since}.` : `Kong had it from ${since} to ${until}.`;
      return `**${full}** is not in Kong ${version.text}. ${when}`;
    }
    default:
      return undefined;
  }
}

/** What a function does, when it may be called, and which Kong has it: one paragraph each. */
export function aboutFunction(entry: PdkFunction, version: KongVersion): string[] {
  const { name, doc, internal, since, until, enterprise } = entry;
  const phases = pluginPhases(name, version);
  return [
    doc,
    ...(internal ? ['Not meant for plugins.'] : []),
    phases === undefined ? 'Phases: any.' : `Phases: ${phases.map((phase) => `\`${phase}\``).join(', ') || 'none of a plugin'}.`,
    `Since Kong ${enterprise ? 'Gateway Enterprise ' : ''}${since}${until === undefined ? '' : `, until ${until}`}.`,
  ];
}
