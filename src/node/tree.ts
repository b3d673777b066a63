// What a LuaRocks tree on this machine says about the Kong in it.
import { join } from 'node:path';
import { hostFiles } from './hostFiles';

/** The version of the Kong whose Lua files are in a tree (kong/meta.lua); undefined when none is. */
export async function kongVersionOfTree(tree: string): Promise<string | undefined> {
  const meta = (await hostFiles.read(join(tree, 'share/lua/5.1/kong/meta.lua')))?.toString('latin1');
  return meta === undefined ? undefined : kongVersionOf(meta);
}

/** The version that the text of kong/meta.lua declares, as every Kong since 0.10 writes it. */
export function kongVersionOf(meta: string): string | undefined {
  const part = (name: string): string | undefined => new RegExp(`\\b${name}\\s*=\\s*(\\d+)`).exec(meta)?.[1];
  const [major, minor, patch] = [part('major'), part('minor'), part('patch')];
  return major === undefined || minor === undefined || patch === undefined ? undefined : `${major}.${minor}.${patch}`;
}
