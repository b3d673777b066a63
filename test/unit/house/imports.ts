// Who imports whom in src: what the bundler follows, and what it leaves out because only types are taken.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import ts from 'typescript';

const root = path.resolve(__dirname, '../../..');
const CODE = /\.[cm]?[jt]s$/;
const relative = (file: string): string => path.relative(root, file).replaceAll('\\', '/');

/** How one file names another: as the bundler calls it, `type` when no run sees it, `computed` when only a run can tell what it names. */
export type ImportKind = esbuild.ImportKind | 'type' | 'computed';

/** One file that names another. */
export interface Import {
  /** Relative to the repo, as all files here. */
  from: string;
  /** A file, or a package as it is written; of a computed one, the line it stands in. */
  to: string;
  kind: ImportKind;
  /** Whether `to` is a package or a part of Node, not a file of ours. */
  isPackage: boolean;
}

/** The files below a folder of the project: path to text. */
export function sourceFiles(folder: string): Map<string, string> {
  const files = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path.join(entry.parentPath, entry.name)));
  return new Map(files.sort().map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
}

/** Whether a file is code, and not data or a page's. */
export const isCode = (file: string): boolean => CODE.test(file);

let tree: Promise<Import[]> | undefined;

/** Every import of src, looked for once. */
export function importsOfTree(): Promise<Import[]> {
  return (tree ??= importsOf(sourceFiles('src')));
}

/**
 * Every import of these files. `files` is path to text: a file need not be on disk, but what it imports must. Throws what the bundler throws
 * when an import leads nowhere.
 */
export async function importsOf(files: ReadonlyMap<string, string>): Promise<Import[]> {
  const code = new Map([...files].filter(([file]) => isCode(file)));
  const followed = await followedByBundler(code);
  const seen = new Set(followed.map(({ from, to }) => `${from} ${to}`));
  const named = [...code].flatMap(([file, text]) => namedBySyntax(file, text));
  return [...followed, ...named.filter(({ from, to }) => !seen.has(`${from} ${to}`))];
}

/** What the bundler says when it cannot follow an import because only a run can tell what it names. */
const COMPUTED = ['unsupported-dynamic-import', 'unsupported-require-call', 'indirect-require'];

/** What a run can load: one bundle of all these files, of which only the bundler's notes are kept. */
async function followedByBundler(files: ReadonlyMap<string, string>): Promise<Import[]> {
  const { metafile, warnings } = await esbuild.build({
    absWorkingDir: root,
    stdin: { contents: [...files.keys()].map((file) => `import './${file}';`).join('\n'), resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    logOverride: Object.fromEntries(COMPUTED.map((id) => [id, 'warning'])),
    plugins: [givenTexts(files)],
  });
  const followed = Object.entries(metafile.inputs)
    .filter(([from]) => files.has(from))
    .flatMap(([from, { imports }]) => imports.flatMap((imported) => followedImport(from, imported)));
  const computed = warnings.flatMap(({ id, location }): Import[] =>
    location !== null && COMPUTED.includes(id)
      ? [{ from: location.file, to: location.lineText.trim(), kind: 'computed', isPackage: false }]
      : [],
  );
  return [...followed, ...computed];
}

function followedImport(from: string, imported: esbuild.Metafile['inputs'][string]['imports'][number]): Import[] {
  const { path: to, kind, external } = imported;
  if (external !== true) return [{ from, to, kind, isPackage: false }];
  if (!isRelative(to)) return [{ from, to, kind, isPackage: true }];
  // A file that is named but not taken in: a template of names, a declaration of nothing but types (the syntax has it), a require.resolve().
  if (to.includes('*')) return [{ from, to, kind: 'computed', isPackage: false }];
  return kind === 'import-statement' ? [] : [{ from, kind, ...resolve(from, to) }];
}

/** Has the bundler read these texts, and not the disk. */
function givenTexts(files: ReadonlyMap<string, string>): esbuild.Plugin {
  return {
    name: 'given texts',
    setup(build) {
      build.onResolve({ filter: /^\.\/src\// }, (entry) => ({ path: path.join(root, entry.path) }));
      build.onLoad({ filter: CODE }, (loaded) => {
        const contents = files.get(relative(loaded.path));
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
    },
  };
}

/** The declarations and types of a text that name a module: the bundler drops those that only types are taken from. */
function namedBySyntax(file: string, text: string): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const named = moduleNamedBy(node);
    if (named !== undefined) found.push({ from: file, kind: 'type', ...resolve(file, named.text) });
    ts.forEachChild(node, visit);
  };
  visit(
    ts.createSourceFile(file, text, { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode: ts.JSDocParsingMode.ParseNone }),
  );
  return found;
}

/** The module that a declaration or a type names. */
function moduleNamedBy(node: ts.Node): ts.StringLiteralLike | undefined {
  let named: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) named = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node)) named = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  else if (ts.isExternalModuleReference(node)) named = node.expression;
  else if (ts.isModuleDeclaration(node)) named = node.name;
  return named !== undefined && ts.isStringLiteralLike(named) ? named : undefined;
}

const isRelative = (specifier: string): boolean => /^\.{1,2}(\/|$)/.test(specifier);

const resolution: ts.CompilerOptions = { moduleResolution: ts.ModuleResolutionKind.Bundler, resolveJsonModule: true };

function resolve(from: string, specifier: string): Pick<Import, 'to' | 'isPackage'> {
  if (!isRelative(specifier)) return { to: specifier, isPackage: true };
  const { resolvedModule } = ts.resolveModuleName(specifier, path.join(root, from), resolution, ts.sys);
  if (resolvedModule === undefined) throw new Error(`${from} imports ${specifier}, which is not there.`);
  return { to: relative(resolvedModule.resolvedFileName), isPackage: false };
}
