// A new plugin: the files that make one, correct from the first moment.
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import parseLicense from 'spdx-expression-parse';
import { isBundledPlugin, laterKongWith } from '../kong/bundledPlugins';
import { pluginNameProblem } from '../kong/pluginsSetting';
import { DEFAULT_KONG, parseKongVersion } from '../kong/versions';
import { slashedFrom } from '../system/paths';
import { errorCode, UserError } from '../system/userError';
import type { FileChange } from '../text/diagnostic';
import { PHASES } from '../kong/pdk/phases';
import type { Plugin } from './plugin';
import * as templates from './templates';

export interface NewPluginOptions {
  name: string;
  /** The folder the files go into; it may be there already, the files may not. */
  dir: string;
  /** Phases to implement; `access` when missing. */
  phases?: readonly string[];
  /** An SPDX expression; `Apache-2.0` when missing. */
  license?: string;
  /** Where the repository is; read from git when missing. */
  url?: string;
  /** Plugins of the workspace, whose names are taken. */
  others?: readonly Pick<Plugin, 'name' | 'dir'>[];
}

/** What will be made: the files to create and what is left to do. */
export interface NewPlugin {
  rock: string;
  changes: FileChange[];
  notes: string[];
}

/** Thrown when a file of the new plugin is there already: in another folder it could be made. */
export class FilesThere extends UserError {}

const FIRST_VERSION = '0.1.0';
const LATEST = parseKongVersion(DEFAULT_KONG);

/** Names of the phases a new plugin may implement, in the order Kong runs them. */
export const NEW_PLUGIN_PHASES: readonly string[] = PHASES.map(({ name }) => name);

/** Why a plugin cannot be called that, also beside these others; undefined when it can. */
export function newNameProblem(name: string, others: NewPluginOptions['others'] = []): string | undefined {
  const problem = pluginNameProblem(name);
  if (problem !== undefined) return problem;
  if (name !== name.toLowerCase()) return `"${name}" has capital letters, which the names of rocks cannot have.`;
  // Of two plugins of one name Kong loads whichever its path finds first.
  if (isBundledPlugin(name, LATEST)) return `A plugin named "${name}" ships with Kong.`;
  const later = laterKongWith(name, LATEST);
  if (later !== undefined) return `A plugin named "${name}" ships with ${later}.`;
  const clash = others.find((other) => other.name === name);
  if (clash !== undefined) return `There is a plugin named "${name}" already, in ${clash.dir}.`;
  return undefined;
}

/**
 * Plans the files of a new plugin. Throws UserError (exit code 2) for a name, phase or licence that cannot be, and (1) when one of the files
 * is there already; nothing is ever overwritten.
 */
export async function newPlugin(options: NewPluginOptions): Promise<NewPlugin> {
  const { name, dir, phases = ['access'], license = 'Apache-2.0' } = options;
  const problem = newNameProblem(name, options.others) ?? phasesProblem(phases) ?? licenseProblem(license);
  if (problem !== undefined) throw new UserError(problem, { exitCode: 2 });
  const rock = `kong-plugin-${name}`;
  const given = options.url ?? (await remoteUrl(dir));
  const facts: templates.NewPluginFacts = {
    name,
    rock,
    version: FIRST_VERSION,
    phases: NEW_PLUGIN_PHASES.filter((phase) => phases.includes(phase)),
    license,
    url: given === undefined ? `git+https://example.org/${rock}.git` : rockspecUrl(given),
    header: `X-${name.replace(/(^|[-_])([a-z0-9])/g, (_all, dash: string, letter: string) => (dash === '' ? '' : '-') + letter.toUpperCase())}`,
  };
  const files: readonly (readonly [path: string, text: string])[] = [
    [`kong/plugins/${name}/handler.lua`, templates.handlerText(facts)],
    [`kong/plugins/${name}/schema.lua`, templates.schemaText(facts)],
    [`${rock}-${FIRST_VERSION}-1.rockspec`, templates.rockspecText(facts)],
    [`spec/${name}/01-handler_spec.lua`, templates.specText(facts)],
    ['README.md', templates.readmeText(facts)],
    ['.busted', templates.bustedText()],
    ['.luacheckrc', templates.luacheckText()],
    ['.github/workflows/check.yml', templates.workflowText()],
  ];
  const changes = files.map(([path, text]): FileChange => ({ kind: 'create', path: join(dir, ...path.split('/')), text }));
  await refuseFilesThere(changes, dir);
  const notes =
    given === undefined ? [`Set source.url in ${rock}-${FIRST_VERSION}-1.rockspec to your repository before you publish.`] : [];
  return { rock, changes, notes };
}

function phasesProblem(phases: readonly string[]): string | undefined {
  const unknown = phases.find((phase) => !NEW_PLUGIN_PHASES.includes(phase));
  if (unknown !== undefined) return `Kong has no phase "${unknown}". There are ${NEW_PLUGIN_PHASES.join(', ')}.`;
  if (phases.length === 0) return 'A plugin without phases would never run.';
  if (phases.includes('response') && (phases.includes('header_filter') || phases.includes('body_filter'))) {
    return 'Kong refuses a plugin with response and header_filter or body_filter together.';
  }
  return undefined;
}

function licenseProblem(license: string): string | undefined {
  try {
    parseLicense(license);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `"${license}" is not an SPDX licence. Examples: Apache-2.0, MIT, BSD-3-Clause.`;
  }
}

/** `remote.origin.url` when the folder is a repository of its own; a plugin inside a larger one does not take its name. */
async function remoteUrl(dir: string): Promise<string | undefined> {
  try {
    const config = await readFile(join(dir, '.git', 'config'), 'utf8');
    return /\[remote "origin"\][^[]*?\n[^\S\n]*url\s*=\s*(\S+)/.exec(config)?.[1];
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** A repository's address as LuaRocks takes it: `git+https://` for the short form of ssh and for plain https. */
function rockspecUrl(url: string): string {
  const short = /^(?:ssh:\/\/)?git@([^:/]+)[:/](.+)$/.exec(url);
  if (short !== null) return `git+https://${short[1] ?? ''}/${short[2] ?? ''}`;
  return /^https?:\/\/.*\.git$/.test(url) || /^https?:\/\/(?:github|gitlab)\.com\//.test(url) ? `git+${url}` : url;
}

async function refuseFilesThere(changes: readonly FileChange[], dir: string): Promise<void> {
  const there: string[] = [];
  for (const { path } of changes) {
    try {
      await stat(path);
      there.push(slashedFrom(dir, path));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    }
  }
  if (there.length === 0) return;
  throw new FilesThere(`${basename(dir)} already has ${there.join(', ')}.`, {
    next: 'Choose another folder; nothing was written.',
  });
}
