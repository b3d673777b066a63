// The shape of src: who may import whom, whichever way it is written; no circles; folders and files that one can take in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { circlesOf, isHarmless } from './house/circles';
import { importsOf, importsOfTree, isCode, sourceFiles, type Import, type ImportKind } from './house/imports';
import { refusalOf, roomOf, ROOMS } from './house/rooms';

const MOST_FILES = 25;
const MOST_LINES = 400;

/** One import upwards, from `node` to `lifecycle`, in every way that TypeScript has of writing it. */
const WRITTEN = [
  "import { findingsIn } from '../lifecycle/failure'; export const f = findingsIn;",
  "import * as failure from '../lifecycle/failure'; export const f = failure;",
  "import '../lifecycle/failure';",
  "import { findingsIn } from '../lifecycle/failure';",
  "import { NodeStatus } from '../lifecycle/types'; export type T = NodeStatus;",
  "import { type NodeStatus } from '../lifecycle/types'; export type T = NodeStatus;",
  "import type { NodeStatus } from '../lifecycle/types'; export type T = NodeStatus;",
  "export const load = () => import('../lifecycle/failure');",
  'export const load = () => import(`../lifecycle/failure`);',
  "function load() { return import('../lifecycle/failure'); }",
  "export type T = import('../lifecycle/types').NodeStatus;",
  "export type T = typeof import('../lifecycle/failure');",
  "export { findingsIn } from '../lifecycle/failure';",
  "export * from '../lifecycle/failure';",
  "export type { NodeStatus } from '../lifecycle/types';",
  "export type * from '../lifecycle/types';",
  "export const f: unknown = require('../lifecycle/failure');",
  "export const f = require.resolve('../lifecycle/failure');",
  "import failure = require('../lifecycle/failure'); export const f = failure;",
  "import type types = require('../lifecycle/types'); export type T = types.NodeStatus;",
  "declare module '../lifecycle/types' { interface More { more: true } } export {};",
];

/** Imports of which only a run can tell where they lead. */
const COMPUTED = [
  'export const load = (name: string) => import(name);',
  'export const load = (name: string) => import(`../lifecycle/${name}`);',
  "export const load = (name: string): unknown => require('../lifecycle/' + name);",
  'export const load = (name: string): unknown => require(name);',
  "const load = require; export const f: unknown = load('../lifecycle/failure');",
];

/** For every border, an import over it: a folder of src (or a file of it), what it imports, what it must not. */
const BORDERS: readonly [place: string, text: string, refused: string][] = [
  ['extension', "import { checkDocument } from '../server/checkers'; export const c = checkDocument;", 'server'],
  ['cli/commands', "export const load = () => import('../../extension/rockspecVersion');", 'extension'],
  ['server', "export type T = import('../cli/io').Io;", 'cli'],
  ['contributions/walkthrough.ts', "import '../extension/rockspecVersion';", 'extension'],
  ['contributions/commands.ts', "export type T = import('../cli/io').Io;", 'cli'],
  ['lifecycle/operations', "import { REMEDIES } from '../remedies'; export const r = REMEDIES;", 'lifecycle/remedies'],
  ['lifecycle/steps', "export const load = () => import('../operations/sync');", 'lifecycle/operations'],
  ['lifecycle/plan', "import type { SettingChange } from '../steps/setting'; export type T = SettingChange;", 'lifecycle/steps'],
  ['lifecycle/state', "export type { Operation } from '../plan/plan';", 'lifecycle/plan'],
  ['lifecycle', "export * from './state/view';", 'lifecycle/state'],
  ['troubleshoot', "import type { Plugin } from '../plugin/plugin'; export type T = Plugin;", 'plugin'],
  ['text', "import '../system/process';", 'system'],
  ['lifecycle/remedies', "import * as vscode from 'vscode'; export const v = vscode;", 'vscode'],
  ['cli', "export const load = () => import('vscode');", 'vscode'],
  ['node', "export type T = import('vscode').Uri;", 'vscode'],
  ['server', "export type { Uri } from 'vscode';", 'vscode'],
  ['contributions', "export const v: unknown = require('vscode');", 'vscode'],
  ['server', "import 'vscode-languageclient/node';", 'vscode-languageclient'],
  ['cli', "import type { Hover } from 'vscode-languageserver/node'; export type T = Hover;", 'vscode-languageserver'],
  ['node', "import { createRequire } from 'node:module'; export const load = createRequire(__filename);", 'node:module'],
];

/** What is right, and what only looks like an import. */
const RIGHT: readonly [place: string, text: string][] = [
  ['lifecycle/remedies', "import { syncOperation } from '../operations/sync'; export const s = syncOperation;"],
  ['lifecycle/state', "import { findingsIn } from '../failure'; export const f = findingsIn;"],
  ['lifecycle', "export const load = () => import('../node/registry');"],
  ['cli/commands', "export type T = import('../../lifecycle/types').NodeStatus;"],
  ['cli', "export const load = () => import('../../package.json');"],
  ['node', "export * from './container/look';"],
  ['extension', "import * as vscode from 'vscode'; export const v = vscode;"],
  ['extension', "export const load = () => import('vscode-languageclient/node');"],
  ['server', "export type { Hover } from 'vscode-languageserver/node';"],
  ['node', "// import '../lifecycle/failure';\nexport const text = \"import('../lifecycle/failure')\";"],
];

/** From where there is no room, and to there. */
const ROOMLESS: readonly [place: string, text: string][] = [
  ['beside.ts', "import './text/count';"],
  ['text', "export * from '../../test/unit/house/rooms';"],
];

/** Files that are not there (or say something else there), each with one text, and what the guard says of it. */
const STRANGERS: readonly (readonly [place: string, text: string, says: RegExp])[] = [
  ...WRITTEN.map((text) => ['node', text, /: node must not import lifecycle$/] as const),
  ...COMPUTED.map((text) => ['node', text, /: only a run can tell what this loads$/] as const),
  ...BORDERS.map(([place, text, refused]) => [place, text, new RegExp(` must not import ${refused}$`)] as const),
  ...ROOMLESS.map(([place, text]) => [place, text, /stands in no room$/] as const),
  ...RIGHT.map(([place, text]) => [place, text, /^$/] as const),
];

/** What the guard says of each stranger. */
async function refusals(): Promise<string[]> {
  const files = STRANGERS.map(([place], index) => `src/${place.endsWith('.ts') ? place : `${place}/stranger${index}.ts`}`);
  const imports = await importsOf(new Map(files.map((file, index) => [file, STRANGERS[index]?.[1] ?? ''])));
  return files.map((file) =>
    imports
      .filter(({ from }) => from === file)
      .flatMap((imported) => refusalOf(imported) ?? [])
      .join('\n'),
  );
}

describe('import directions', function () {
  // The first look loads the compiler.
  this.timeout(120_000);

  it('every file of src stands in a room, and no room is empty', () => {
    const files = [...sourceFiles('src').keys()];
    assert.deepEqual(
      files.filter((file) => roomOf(file) === undefined),
      [],
    );
    assert.deepEqual(new Set(files.map(roomOf)), new Set(ROOMS.flat()));
  });

  it('no file of src imports what its room must not', async () => {
    const imports = await importsOfTree();
    assert.deepEqual(
      imports.flatMap((imported) => refusalOf(imported) ?? []),
      [],
    );
  });

  it('CONTRIBUTING.md tells of the same rooms, in this order', () => {
    const text = readFileSync(path.resolve(__dirname, '../../CONTRIBUTING.md'), 'utf8');
    const told: string[] = [];
    for (const [, room, inner] of text.matchAll(/^\| (?:`src\/(\w+)`|&nbsp; `(\w+)`) \|/gm)) {
      if (room !== undefined) told.push(room);
      else told.splice(-1, 0, `${told.at(-1) ?? ''}/${inner ?? ''}`); // a room is told before those in it, and stands below them
    }
    assert.deepEqual(told, ROOMS.flat());
  });

  describe('the guard', () => {
    let found: string[];
    before(async () => {
      found = await refusals();
    });

    STRANGERS.forEach(([place, text, says], index) => {
      const verb = says.test('') ? 'lets pass' : 'refuses';
      it(`${verb} in src/${place}: ${text.replaceAll('\n', ' ')}`, () => assert.match(found[index] ?? 'not looked at', says));
    });
  });
});

describe('the shape of src', function () {
  this.timeout(120_000);

  const edges = (...named: [from: string, to: string, kind: ImportKind][]): Import[] =>
    named.map(([from, to, kind]) => ({ from, to, kind, isPackage: false }));

  it('has no circle of imports, but of two files that take types of each other', async () => {
    const circles = circlesOf(await importsOfTree()).filter((circle) => !isHarmless(circle));
    assert.deepEqual(circles, []);
  });

  const CIRCLES: readonly [what: string, imports: Import[], circles: number, harmful: number][] = [
    ['two that take types of each other', edges(['a', 'b', 'type'], ['b', 'a', 'type']), 1, 0],
    ['two of which one takes more', edges(['a', 'b', 'type'], ['b', 'a', 'import-statement']), 1, 1],
    ['two of which one takes more later', edges(['a', 'b', 'type'], ['b', 'a', 'dynamic-import']), 1, 1],
    ['three that take types', edges(['a', 'b', 'type'], ['b', 'c', 'type'], ['c', 'a', 'type']), 1, 1],
    ['one that imports itself', edges(['a', 'a', 'import-statement']), 1, 1],
    [
      'two pairs',
      edges(['a', 'b', 'type'], ['b', 'a', 'type'], ['a', 'c', 'type'], ['c', 'd', 'type'], ['d', 'c', 'type']),
      2,
      0,
    ],
    ['two ways to one file', edges(['a', 'b', 'type'], ['a', 'c', 'type'], ['b', 'd', 'type'], ['c', 'd', 'type']), 0, 0],
  ];
  for (const [what, imports, circles, harmful] of CIRCLES) {
    it(`finds ${circles} circles, ${harmful} of them harmful: ${what}`, () => {
      const found = circlesOf(imports);
      assert.deepEqual([found.length, found.filter((circle) => !isHarmless(circle)).length], [circles, harmful]);
    });
  }

  it(`has at most ${MOST_FILES} files in a folder`, () => {
    const counts = new Map<string, number>();
    for (const file of sourceFiles('src').keys()) counts.set(path.dirname(file), (counts.get(path.dirname(file)) ?? 0) + 1);
    assert.deepEqual(
      [...counts].filter(([, count]) => count > MOST_FILES),
      [],
    );
  });

  it(`has at most ${MOST_LINES} lines in a file of code`, () => {
    const files = ['src', 'test', 'scripts'].flatMap((folder) => [...sourceFiles(folder)]);
    const lengths = files.map(([file, text]) => [file, text.split('\n').length - 1] as const);
    assert.deepEqual(
      lengths.filter(([file, length]) => isCode(file) && !file.startsWith('test/fixtures/') && length > MOST_LINES),
      [],
    );
  });
});
