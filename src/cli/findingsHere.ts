// Findings with the paths of the files of a plugin that is here, where one was named or is the working directory.
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Node } from '../node/node';
import type { Plugin } from '../plugin/plugin';
import type { Finding } from '../troubleshoot/finding';
import type { Io } from './io';
import { shownPath } from './paths';

/** The Lua plugins of a folder, or of the working directory when it is a plugin's project; none otherwise. */
export async function pluginsHere(io: Io, dir: string | undefined): Promise<readonly Plugin[]> {
  const root = resolve(io.cwd, dir ?? '.');
  if (dir === undefined && !(await looksLikeProject(root))) return [];
  const { discoverPlugins } = await import('../plugin/discovery');
  return discoverPlugins([root], { signal: io.signal });
}

/** Findings of nodes, or of a log without one, with the paths of these plugins' files. */
export async function findingsHere(
  findings: readonly Finding[],
  nodes: readonly Node[],
  io: Io,
  plugins: readonly Plugin[],
): Promise<Finding[]> {
  if (plugins.length === 0 || findings.every(({ file }) => file === null)) return [...findings];
  const { mapToSame } = await import('../lifecycle/state/findings');
  return (await mapToSame(nodes, findings, plugins)).map((mapped, i) =>
    mapped.file === null || mapped === findings[i] ? mapped : { ...mapped, file: shownPath(io.cwd, mapped.file) },
  );
}

/** A plugin's project, and not somebody's home folder, which would take long to search. */
async function looksLikeProject(dir: string): Promise<boolean> {
  const names = await readdir(dir).catch((): string[] => []);
  if (names.some((name) => name.endsWith('.rockspec') || name === '.git' || name === 'handler.lua')) return true;
  return names.includes('kong') && (await readdir(join(dir, 'kong')).catch((): string[] => [])).includes('plugins');
}
