// Every way that a text of others comes into the product, as one table: what reads it, by the kind of text.
import { ARCHIVE_LIMITS } from '../../src/archive/entries';
import { entryProblems } from '../../src/archive/entryProblems';
import { inspectRock, isRockMetadata } from '../../src/archive/inspectRock';
import { inspectTar, isTarMetadata } from '../../src/archive/inspectTar';
import { readZip } from '../../src/archive/readZip';
import { readTarGz } from '../../src/archive/tarball';
import { parseDependency, parseVersion, satisfies, versionLess, wellFormedVersion } from '../../src/luarocks/versions';
import { checkCode } from '../../src/code/check';
import { checkConfiguration } from '../../src/config/declarative/check';
import { isConfiguration, looksLikeConfiguration } from '../../src/config/declarative/looksLike';
import { Schemas } from '../../src/config/findSchema';
import { checkUseDocument, readUseDocument, withId } from '../../src/config/given/useDocument';
import { schemaOfCode } from '../../src/config/pluginSchema';
import { viewOf } from '../../src/config/views/views';
import { regexOfLuaPattern } from '../../src/config/views/luaPattern';
import { nodeInfo, pluginEntities } from '../../src/kong/adminAnswers';
import { adminClient } from '../../src/kong/adminClient';
import { checkKongConf } from '../../src/kong/confChecks';
import { completeConf, hoverConf } from '../../src/kong/confLanguage';
import { setConfValue, withConfEntryText, withoutConfLine } from '../../src/kong/conf';
import { withEntry, withoutEntry } from '../../src/kong/declarative/edits';
import { declaredEntities } from '../../src/kong/declarative/entities';
import { readDeclarative, withFormatVersion, withoutDeclared } from '../../src/kong/declarative/read';
import { declaredUses } from '../../src/lifecycle/state/use/listUses';
import { envValues, setEnvValue } from '../../src/kong/envFile';
import { adminListeners, listenProblem } from '../../src/kong/listen';
import { moduleCandidates, pluginRoots, searchPatterns, withoutRoot, withRoot } from '../../src/kong/packagePath';
import { pluginNameProblem, pluginsMistake, soundPlugins, withoutPlugin, withPlugin } from '../../src/kong/pluginsSetting';
import { pluginNamesIn } from '../../src/kong/pluginNames';
import { isCidr, isIp, readAddress, readUrl } from '../../src/kong/validators/addresses';
import { loadError, sandboxError } from '../../src/kong/validators/luaCode';
import { normalizePath } from '../../src/kong/validators/pathNormal';
import { isPcre } from '../../src/kong/validators/regex';
import { kongVersionOfNode, parseKongVersion } from '../../src/kong/versions';
import { writtenByNow } from '../../src/lifecycle/state/heard';
import { interruption } from '../../src/lifecycle/state/interrupted';
import { pathsOf, readJournal } from '../../src/lifecycle/state/journal';
import { ofLastReload, takenAt } from '../../src/lifecycle/state/logOfNow';
import { readHttpFile } from '../../src/lifecycle/trial/httpFile';
import { hasEnded, loggedByPlugins, logOfRequest } from '../../src/lifecycle/trial/requestLog';
import { loggedOutput, pluginTimes } from '../../src/lifecycle/trial/times';
import { parse } from '../../src/lua/parser';
import { requireCalls } from '../../src/lua/requires';
import { LuaSource } from '../../src/lua/source';
import { planInstall, planRemoval } from '../../src/luarocks/deploy';
import { normalizePath as normalizeFile, parseRockName } from '../../src/luarocks/paths';
import { moduleOwners } from '../../src/luarocks/treeManifest';
import type { Node } from '../../src/node/node';
import { kongVersionOf } from '../../src/node/tree';
import { describeCode } from '../../src/plugin/describe';
import { preflightCode } from '../../src/plugin/preflight';
import { addPriorityAndVersion, addReturn, keepResponse, plainTable } from '../../src/plugin/sourceEdits/handler';
import { addSchemaName, daosToArray } from '../../src/plugin/sourceEdits/schema';
import { schemaFromReads } from '../../src/plugin/sourceEdits/newSchema';
import { removeSuper } from '../../src/plugin/sourceEdits/superCalls';
import { bump } from '../../src/rockspec/bump';
import { checkRockspec } from '../../src/rockspec/check';
import { complete } from '../../src/rockspec/completion';
import { foldingOf } from '../../src/rockspec/folding';
import { hoverAt } from '../../src/rockspec/hover';
import { inlayHintsOf } from '../../src/rockspec/inlayHints';
import { definitionAt, linksOf } from '../../src/rockspec/links';
import { readRockspec, toPlain } from '../../src/rockspec/read';
import { symbolsOf } from '../../src/rockspec/symbols';
import { UserError } from '../../src/system/userError';
import { asChosen } from '../../src/text/chosen';
import { diffOf } from '../../src/text/diff';
import { Lines } from '../../src/text/lines';
import { printable } from '../../src/text/printable';
import { diagnose } from '../../src/troubleshoot/diagnose';
import { findingsText } from '../../src/troubleshoot/findingsText';
import { configAnswers, configFixes } from './configLanguage';
import { languageAnswers } from './language';
import { sessionAnswers } from './session';

/** What a text is, or is meant to be. */
export type Kind =
  | 'rockspec'
  | 'handler'
  | 'schema'
  | 'conf'
  | 'declarative'
  | 'log'
  | 'manifest'
  | 'answer'
  | 'state'
  | 'archive'
  | 'session'
  | 'phrase'
  | 'text';

export interface Entry {
  name: string;
  kind: Kind;
  /** What the product makes of a text; a UserError is an answer, too. */
  run: (text: string) => unknown;
}

const KONG = parseKongVersion('3.9');
const PATH = '/w/kong-plugin-demo-1.0.0-1.rockspec';
const WORLD = {
  kong: KONG,
  files: () => Promise.resolve(['kong/plugins/demo/handler.lua']),
  folders: () => Promise.resolve(['docs']),
};
const HANDLER = 'return { PRIORITY = 10, VERSION = "1.0.0", access = function(self, conf) kong.log(conf.a) end }';
const SCHEMA =
  'return { name = "demo", fields = { { config = { type = "record", fields = { { a = { type = "string" } } } } } } }';

const codeOf = (handler: string, schema: string): { name: string; sources: Map<string, LuaSource>; dependencies: string[] } => ({
  name: 'demo',
  dependencies: [],
  sources: new Map([
    ['kong.plugins.demo.handler', new LuaSource(handler, '/w/kong/plugins/demo/handler.lua')],
    ['kong.plugins.demo.schema', new LuaSource(schema, '/w/kong/plugins/demo/schema.lua')],
  ]),
});

/** The offsets at which an editor may ask: the beginning, the middle, the end. */
const spots = (text: string): number[] => [0, text.length >> 1, text.length];

function checked(code: ReturnType<typeof codeOf>): unknown {
  const { schema } = preflightCode(code, KONG);
  return [...checkCode({ ...code, schema }, KONG)];
}

const rockspec: Readonly<Record<string, Entry['run']>> = {
  check: (text) => checkRockspec(text, PATH),
  bytes: (text) => checkRockspec(Buffer.from(text, 'latin1'), PATH),
  read: (text) => toPlain(readRockspec(text, PATH).merged),
  symbols: (text) => symbolsOf(readRockspec(text, PATH)),
  folding: (text) => foldingOf(readRockspec(text, PATH).chunk),
  links: (text) => linksOf(readRockspec(text, PATH)),
  hints: (text) => inlayHintsOf(readRockspec(text, PATH)),
  complete: async (text) => Promise.all(spots(text).map((offset) => complete(text, offset, WORLD))),
  hover: (text) => {
    const read = readRockspec(text, PATH);
    const lines = new Lines(text);
    return spots(text).map((offset) => hoverAt(read, text, lines.position(offset), KONG));
  },
  definition: (text) => {
    const read = readRockspec(text, PATH);
    const lines = new Lines(text);
    return spots(text).map((offset) => definitionAt(read, lines.position(offset)));
  },
  bump: (text) => bump({ rockspec: { path: PATH, text }, modules: new Map(), version: '9.9.9' }),
};

const handler: Readonly<Record<string, Entry['run']>> = {
  parse: (text) => parse(new LuaSource(text), 'luajit').error,
  preflight: (text) => preflightCode(codeOf(text, SCHEMA), KONG).verdict,
  describe: (text) => describeCode(codeOf(text, SCHEMA), KONG),
  check: (text) => checked(codeOf(text, SCHEMA)),
  requires: (text) => requireCalls(new LuaSource(text)),
  language: (text) => languageAnswers(codeOf(text, SCHEMA).sources, '/w/kong/plugins/demo/handler.lua', text, KONG),
  newSchema: (text) => schemaFromReads('demo', [new LuaSource(text)]),
  removeSuper: (text) => removeSuper(new LuaSource(text, '/w/handler.lua')),
  addReturn: (text) => addReturn(new LuaSource(text, '/w/handler.lua')),
  addPriority: (text) => addPriorityAndVersion(new LuaSource(text, '/w/handler.lua'), '1.0.0'),
  keepResponse: (text) => keepResponse(new LuaSource(text, '/w/handler.lua')),
  plainTable: (text) => plainTable(new LuaSource(text, '/w/handler.lua'), '1.0.0'),
  names: (text) => pluginNamesIn(text, 'demo'),
};

const schema: Readonly<Record<string, Entry['run']>> = {
  preflight: (text) => preflightCode(codeOf(HANDLER, text), KONG).verdict,
  check: (text) => checked(codeOf(HANDLER, text)),
  views: (text) => {
    const outcome = schemaOfCode(codeOf(HANDLER, text), KONG);
    const { schema: found } = outcome;
    return found === undefined
      ? outcome
      : (['json-schema', 'table', 'declarative', 'admin'] as const).map((view) => viewOf(found, view));
  },
  addName: (text) => addSchemaName(new LuaSource(text, '/w/schema.lua'), 'demo'),
  daos: (text) => daosToArray(new LuaSource(text, '/w/schema.lua')),
};

const conf: Readonly<Record<string, Entry['run']>> = {
  check: (text) => checkKongConf(text),
  set: (text) => setConfValue(text, 'plugins', 'bundled,demo'),
  without: (text) => withoutConfLine(text, 'plugins'),
  restore: (text) => withConfEntryText(text, 'plugins', 'plugins = bundled'),
  hover: (text) => spots(text).map((offset) => hoverConf(text, new Lines(text).position(offset))),
  complete: (text) => spots(text).map((offset) => completeConf(text, new Lines(text).position(offset), KONG, ['demo'])),
  env: (text) => [envValues(text), setEnvValue(text, 'KONG_PLUGINS', 'bundled')],
  kongVersion: (text) => kongVersionOf(text),
};

const declarative: Readonly<Record<string, Entry['run']>> = {
  check: (text) => checkConfiguration(text, new Schemas([], KONG)),
  looks: (text) => [looksLikeConfiguration(text), isConfiguration('/w/kong.yml', text)],
  language: (text) => configAnswers(text, new Schemas([], KONG)),
  fixes: (text) => configFixes(text, new Schemas([], KONG)),
  read: (text) => readDeclarative(text),
  without: (text) => withoutDeclared(text, 'demo'),
  edit: (text) => {
    const added = withEntry(text, { name: 'demo', config: { a: 'x' } });
    const [use] = declaredUses(readDeclarative(added).plugins, KONG).slice(-1);
    return [withoutEntry(added, use?.declared?.path ?? []), declaredEntities(added)];
  },
  format: (text) => withFormatVersion(text, '3.0'),
  use: (text) => {
    const read = readUseDocument(text);
    return [checkUseDocument(read, schemaOfCode(codeOf(HANDLER, SCHEMA), KONG).schema, ['service']), withId(text, 'abc')];
  },
};

const log: Readonly<Record<string, Entry['run']>> = {
  diagnose: async (text) => {
    const findings = await diagnose(text);
    return [findings, findingsText(findings)];
  },
  reload: (text) => [ofLastReload(text), writtenByNow(text), takenAt(text)],
  request: (text) => {
    const found = logOfRequest(text, SENT);
    const output = loggedOutput(found.records.map(({ message }) => message)) ?? loggedOutput([text]);
    return [loggedByPlugins(found, new Set()), hasEnded(text, SENT), output === undefined ? [] : pluginTimes(output)];
  },
};
const SENT = { method: 'GET', path: '/', id: '43b5ce41c7cfc1569c9b0b72d7c34e0d' };

const ROCK = {
  name: 'demo',
  version: '2-1',
  arch: 'all',
  files: [],
  dependencies: [],
  postInstall: undefined,
  wrapBinScripts: true,
};
const WHERE = { tree: '/usr/local', lua: '/usr/bin/lua', sysconfdir: '/etc/luarocks' };

const manifest: Readonly<Record<string, Entry['run']>> = {
  owners: (text) => [...moduleOwners(Buffer.from(text, 'latin1'))],
  install: (text) => planInstall(Buffer.from(text, 'latin1'), ROCK, WHERE).write.length,
  remove: (text) => planRemoval(Buffer.from(text, 'latin1'), 'demo')?.removeFiles,
};

const answers = (text: string): ReturnType<typeof adminClient> =>
  adminClient(({ path }) =>
    Promise.resolve({
      status: path.startsWith('/workspaces') ? 404 : 200,
      headers: { 'content-type': 'application/json' },
      body: text,
    }),
  );
const answer: Readonly<Record<string, Entry['run']>> = {
  info: (text) => nodeInfo(answers(text)),
  plugins: (text) => pluginEntities(answers(text)),
};

/** State that a node has; without seals, which only this user's own state bears. */
const state: Readonly<Record<string, Entry['run']>> = {
  journal: async (text) => {
    const node: Pick<Node, 'read'> = { read: () => Promise.resolve(Buffer.from(text.replaceAll('seal', 'sea'))) };
    const found = await readJournal(node as Node, '/usr/local/kong');
    return found && [interruption(found), pathsOf(found)];
  },
};

/** The bytes of an archive, one character each. */
const archive: Readonly<Record<string, Entry['run']>> = {
  zip: async (text) => {
    const bytes = Buffer.from(text, 'latin1');
    const { entries, problems } = await readZip(bytes, bytes.length, isRockMetadata, ARCHIVE_LIMITS);
    return [problems, entryProblems(entries), inspectRock('demo-1-1.all.rock', entries)];
  },
  tar: async (text) => {
    const bytes = Buffer.from(text, 'latin1');
    const { entries, problems } = await readTarGz(bytes, bytes.length, isTarMetadata, ARCHIVE_LIMITS);
    return [problems, entryProblems(entries), inspectTar('demo-1.tar.gz', entries)];
  },
};

const session: Readonly<Record<string, Entry['run']>> = { server: (text) => sessionAnswers(text) };

/** Values that stand in one line of something else. */
const phrase: Readonly<Record<string, Entry['run']>> = {
  version: (text) => [parseVersion(text), wellFormedVersion(text), versionLess(parseVersion(text), parseVersion(`${text}1`))],
  dependency: (text) => {
    const read = parseDependency(text);
    return 'error' in read ? read : satisfies('1.0-1', read.constraints);
  },
  license: (text) => checkRockspec(`description = { license = ${JSON.stringify(text)} }`, PATH),
  url: (text) => checkRockspec(`source = { url = ${JSON.stringify(text)} }`, PATH),
  plugins: (text) => [
    pluginsMistake(text),
    soundPlugins(text),
    withPlugin(text, 'demo'),
    withoutPlugin(text, 'demo'),
    pluginNameProblem(text),
  ],
  pluginsSetting: (text) => checkKongConf(`plugins = ${text.replaceAll(/[\r\n]/g, ' ')}`),
  packagePath: (text) => [
    withRoot(text, '/w'),
    withoutRoot(text, '/w'),
    searchPatterns(text, '/', '/usr/local', undefined).length,
    pluginRoots(text.split(';')),
    moduleCandidates(text.split(';').slice(0, 3), 'kong.plugins.demo.handler').length,
  ],
  packagePathSetting: (text) => checkKongConf(`lua_package_path = ${text.replaceAll(/[\r\n]/g, ' ')}`),
  settingName: (text) => checkKongConf(`${text.replaceAll(/[\r\n]/g, ' ')} = on`),
  settingValue: (text) => checkKongConf(`database = ${text.replaceAll(/[\r\n]/g, ' ')}\nproxy_listen = x\nlog_level = ${text}`),
  listen: (text) => [listenProblem('proxy_listen', text), adminListeners(text)],
  address: (text) => [readAddress(text), isIp(text), isCidr(text), readUrl(text)],
  path: (text) => [normalizePath(text), normalizeFile(text), parseRockName(text)],
  regex: (text) => [isPcre(text), regexOfLuaPattern(text)],
  luaCode: (text) => [loadError(text), sandboxError(text)],
  kongVersion: (text) => [kongVersionOfNode(text)],
  chosenKong: (text) => parseKongVersion(text),
};

const DIAGNOSTIC = {
  code: 'a/b',
  severity: 'warning' as const,
  message: 'm',
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  enforcedBy: [],
};
const text: Readonly<Record<string, Entry['run']>> = {
  printable: (written) => printable(written),
  savedRequests: (written) => {
    const { requests, problems } = readHttpFile(written, {});
    return [
      requests.flatMap(({ expects }) => expects.map(({ failure }) => failure({ status: 200, headers: {}, body: written }))),
      problems,
    ];
  },
  chosen: (written) => asChosen([DIAGNOSTIC], written),
  lines: (written) => new Lines(written).range(0, written.length),
  diff: (written) =>
    diffOf(
      {
        kind: 'edit',
        path: 'x',
        edits: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: 'y' }],
      },
      written,
    ),
};

const TABLE: Readonly<Record<Kind, Readonly<Record<string, Entry['run']>>>> = {
  rockspec,
  handler,
  schema,
  conf,
  declarative,
  log,
  manifest,
  answer,
  state,
  archive,
  session,
  phrase,
  text,
};

/** Every entry point; a new one is a row in the table of its kind. */
export const ENTRIES: readonly Entry[] = Object.entries(TABLE).flatMap(([kind, runs]) =>
  Object.entries(runs).map(([name, run]) => ({ name: `${kind}/${name}`, kind: kind as Kind, run })),
);

/** What an entry gives for a text: its value, or the sentence of a UserError. Throws what else it throws. */
export async function outcome({ run }: Entry, text: string): Promise<unknown> {
  try {
    return await run(text);
  } catch (error) {
    if (error instanceof UserError) return { refused: error.message };
    throw error;
  }
}
