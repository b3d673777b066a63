// Helpers: rocks made by hand, and what inspecting them says.
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../../../src/archive/archive';
import { ARCHIVE_LIMITS } from '../../../src/archive/entries';
import { inspectArchive } from '../../../src/archive/inspect';
import { writeRockManifest } from '../../../src/luarocks/rockManifest';
import { zipOf } from './hostile';
import type { ZipMember } from './hostile';
import { withFolder } from './luarocks';
import { modulesOf, rockspec } from './projects';

export async function inspect(name: string, bytes: Buffer, limits = ARCHIVE_LIMITS): Promise<Archive> {
  return withFolder(async (folder) => {
    await writeFile(join(folder, name), bytes);
    const archive = await inspectArchive(join(folder, name), { limits });
    assert.deepEqual(await readdir(folder), [name]);
    return archive;
  });
}

export const codes = ({ problems }: Archive): string[] => problems.map(({ code }) => code);

export const NAME = 'kong-plugin-x-1.0-1';

export const SPEC = rockspec('kong-plugin-x', `{ type = "builtin", modules = { ${modulesOf('x')} } }`);

export const HANDLER = 'return {}\n';

export const GOOD: Record<string, string> = {
  [`${NAME}.rockspec`]: SPEC,
  'lua/kong/plugins/x/handler.lua': HANDLER,
  'lua/kong/plugins/x/schema.lua': HANDLER,
};

export function members(files: Record<string, string>, manifest = true): ZipMember[] {
  const contents = Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text), mode: 0o644 }));
  const list = manifest ? [{ path: 'rock_manifest', content: writeRockManifest(contents) }] : [];
  return [...contents.map(({ path, content }) => ({ path, content })), ...list];
}

export const rock = (files: Record<string, string>, ...more: ZipMember[]): Buffer => zipOf([...members(files), ...more]);
