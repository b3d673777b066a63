// Rockspecs as the server needs them: open documents read once per version, closed ones found above a Lua file, files as editors have them.
import { basename, dirname, join } from 'node:path';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { projectFolder } from '../rockspec/projectFolder';
import { DiskFiles, type ProjectFiles } from '../rockspec/projectFiles';
import { readRockspec, type Rockspec } from '../rockspec/read';
import type { CompletionWorld } from '../rockspec/suggestion';
import { slashedFrom } from '../system/paths';
import { pathOf, type OpenDocuments } from './documents';

/** Folders that hold no files of the plugin itself. */
const SKIPPED = new Set(['node_modules', 'lua_modules', 'servroot']);
const MAX_FILES = 5000;

/** The workspace as rockspecs see it. */
export class Rockspecs {
  readonly #disk = new DiskFiles();
  readonly #read = new WeakMap<TextDocument, { version: number; rockspec: Rockspec }>();

  constructor(private readonly documents: OpenDocuments) {}

  /** The disk, with unsaved documents over it. */
  readonly files: ProjectFiles = {
    list: (dir) => this.#disk.list(dir),
    read: async (path) => {
      const open = this.documents.atPath(path);
      return open === undefined ? this.#disk.read(path) : Buffer.from(open.getText(), 'utf8');
    },
  };

  async isFile(path: string): Promise<boolean> {
    return (await this.files.list(dirname(path)))?.get(basename(path)) === 'file';
  }

  /** Files came or went. */
  forget(): void {
    this.#disk.forget();
  }

  /** The files around a document; none for an unsaved one, which is nowhere yet. */
  filesOf(document: TextDocument): ProjectFiles | undefined {
    return document.uri.startsWith('file:') ? this.files : undefined;
  }

  /** An open rockspec, evaluated once per version. */
  of(document: TextDocument): Rockspec {
    const known = this.#read.get(document);
    if (known?.version === document.version) return known.rockspec;
    const rockspec = readRockspec(document.getText(), pathOf(document.uri) ?? document.uri);
    this.#read.set(document, { version: document.version, rockspec });
    return rockspec;
  }

  /** The rockspecs in the folder of a file and in those above it, up to `roots`. */
  async above(path: string, roots: readonly string[]): Promise<Rockspec[]> {
    const found: Rockspec[] = [];
    for (let dir = dirname(path); ; dir = dirname(dir)) {
      for (const folder of [dir, join(dir, 'rockspec'), join(dir, 'rockspecs')]) {
        for (const [name, kind] of (await this.files.list(folder)) ?? []) {
          if (kind !== 'file' || !name.endsWith('.rockspec')) continue;
          const rockspec = await this.#at(join(folder, name));
          if (rockspec !== undefined) found.push(rockspec);
        }
      }
      if (roots.includes(dir) || dirname(dir) === dir) return found;
    }
  }

  /** Files and folders below a rockspec's folder, for completion. */
  tree(rockspecPath: string): Pick<CompletionWorld, 'files' | 'folders'> {
    const root = projectFolder(rockspecPath);
    let walk: Promise<{ files: string[]; folders: string[] }> | undefined;
    const walked = (): Promise<{ files: string[]; folders: string[] }> => (walk ??= this.#walk(root));
    return { files: async () => (await walked()).files, folders: async () => (await walked()).folders };
  }

  async #at(path: string): Promise<Rockspec | undefined> {
    const open = this.documents.atPath(path);
    if (open !== undefined) return this.of(open);
    const bytes = await this.files.read(path);
    return bytes && readRockspec(bytes, path);
  }

  async #walk(root: string): Promise<{ files: string[]; folders: string[] }> {
    const files: string[] = [];
    const folders: string[] = [];
    const name = (path: string): string => slashedFrom(root, path);
    const queue = [root];
    for (
      let dir = queue.shift();
      dir !== undefined && files.length < MAX_FILES && folders.length < MAX_FILES;
      dir = queue.shift()
    ) {
      for (const [entry, kind] of (await this.files.list(dir)) ?? []) {
        if (entry.startsWith('.') || SKIPPED.has(entry)) continue;
        const path = join(dir, entry);
        if (kind === 'file') files.push(name(path));
        else if (kind === 'directory') {
          folders.push(name(path));
          queue.push(path);
        }
      }
    }
    return { files: files.sort(), folders: folders.sort() };
  }
}
