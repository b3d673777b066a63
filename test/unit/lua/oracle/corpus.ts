// Real Lua files, as bytes: those of this repository, and those that Debian's packages install.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A file with a name for messages. */
export interface LuaFile {
  name: string;
  bytes: string;
}

const TEST = join(__dirname, '../../..');
/** Fixtures that hold the files of a plugin, or a rockspec, as text. */
const JSON_FIXTURES = [
  'fixtures/plugin/load-verdicts.json',
  'fixtures/plugin/load-logs.json',
  'fixtures/test-node/cases.json',
  'fixtures/rockspec/lint-verdicts.json',
];
/** Where the packages `luarocks` and `libluajit-5.1-common` put theirs. */
const INSTALLED = ['/usr/share/lua', '/usr/share/luajit-2.1.0-beta3', '/etc/luarocks'];

/** The files of this repository: of the test node, the example workspace, and those kept as text in JSON fixtures. */
export function ownFiles(): LuaFile[] {
  const files = ['fixtures', 'equipment'].flatMap((folder) => filesBelow(join(TEST, folder), TEST));
  for (const fixture of JSON_FIXTURES) {
    const cases = JSON.parse(readFileSync(join(TEST, fixture), 'utf8')) as { text?: string; files?: Record<string, string> }[];
    cases.forEach(({ text, files: of = {} }, i) => {
      const texts = Object.entries(text === undefined ? of : { rockspec: text });
      for (const [name, content] of texts) {
        if (/(?:^rockspec|\.lua)$/.test(name))
          files.push({ name: `${fixture} ${i} ${name}`, bytes: latin1(Buffer.from(content)) });
      }
    });
  }
  return distinct(files);
}

/** The files that Debian's packages install; none on another system. */
export function installedFiles(): LuaFile[] {
  return distinct(INSTALLED.flatMap((folder) => filesBelow(folder, '/')));
}

function filesBelow(folder: string, from: string): LuaFile[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:lua|rockspec)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => ({ name: relative(from, path), bytes: latin1(readFileSync(path)) }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1');
}

function distinct(files: readonly LuaFile[]): LuaFile[] {
  return [...new Map(files.map((file) => [file.bytes, file])).values()];
}
