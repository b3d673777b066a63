// What the next start of a folder node would say, and the rungs it shows.
import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { disableOperation, enableOperation } from '../../../src/lifecycle/operations/enable';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { statusOf } from '../../../src/lifecycle/state/status';
import type { PluginOnNode } from '../../../src/lifecycle/types';
import { folderNode } from '../../../src/node/folder';
import { filesIn, HANDLER } from './plugins';
import { findingsText, toMarkdown } from '../../../src/troubleshoot/findingsText';
import { PREDICTED, settingWords } from '../../../src/text/problemWords';
import { PLUGINS, keep, onFolder, USED, GOOD, STARTS } from './folderNode';

describe('what stands in the plugins list by mistake', () => {
  for (const name of ['two words', '"quoted"', 'my-plugin;', '../../share', '$(id)', '']) {
    const list = { 'kong.conf': `database = off\nplugins = bundled,${name},key-auth\n` };
    for (const [verb, operation] of [
      ['disable', disableOperation(name)],
      ['remove', removeOperation(name, { yes: true, keep })],
    ] as const) {
      it(
        `is taken out by ${verb}: ${JSON.stringify(name)}`,
        onFolder(list, async (place) => {
          const result = await runPlan(place.node, operation);
          assert.equal(result.ok, true, JSON.stringify(result));
          assert.deepEqual(await filesIn(place.tree), { 'kong.conf': 'database = off\nplugins = bundled,key-auth\n' });
        }),
      );
    }
    it(
      `is not put in: ${JSON.stringify(name)}`,
      onFolder(list, async (place) => {
        await assert.rejects(runPlan(place.node, enableOperation(name)), /cannot be a plugin name/);
      }),
    );
    it(
      `is refused where it does not stand: ${JSON.stringify(name)}`,
      onFolder({ 'kong.conf': 'plugins = bundled\n' }, async (place) => {
        await assert.rejects(runPlan(place.node, disableOperation(name)), /cannot be a plugin name/);
        await assert.rejects(runPlan(place.node, removeOperation(name, { yes: true, keep })), /cannot be a plugin name/);
      }),
    );
  }
});

describe('the ladder and the predicted start', () => {
  for (const [what, files, problems, expected] of STARTS) {
    it(
      what,
      onFolder(files, async ({ node }) => {
        const status = await statusOf(node);
        const { ok, problems: predicted } = status.predictedStart;
        assert.deepEqual({ ok, problems: predicted }, { ok: problems.length === 0, problems });
        const row = status.plugins.find((plugin) => plugin.name === 'hello');
        if (expected === undefined) return;
        assert.ok(row);
        assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, row[key as keyof PluginOnNode]])), expected);
      }),
    );
  }

  for (const plugins of ['bundled', 'bundled,hello', 'hello, bundled', 'off, bundled']) {
    it(
      `"${plugins}" makes no plugin called bundled, where the version of Kong is not known`,
      onFolder({ 'kong.conf': `database = off\nplugins = ${plugins}\n`, ...GOOD }, async ({ node }) => {
        const status = await statusOf(node);
        assert.equal(status.kong, null);
        assert.deepEqual(
          status.plugins.map(({ name }) => name),
          ['hello'],
        );
      }),
    );
  }

  it(
    'a data plane says what it is, and that its uses are not known here',
    onFolder({ 'kong.conf': 'role = data_plane\ndatabase = off\nplugins = hello\n', ...GOOD }, async ({ node }) => {
      const status = await statusOf(node);
      assert.equal(status.role, 'data_plane');
      assert.equal(status.plugins[0]?.inUse, null);
    }),
  );

  it(
    'Kong before 2.3 speaks of uses first, later ones of plugins first',
    onFolder(
      { 'kong.conf': 'database = off\ndeclarative_config = kong.yml\nplugins = other\n', 'kong.yml': USED },
      async ({ tree }) => {
        const saidBy = async (kong: string): Promise<string[]> =>
          (await statusOf(folderNode(tree, { kong }))).predictedStart.problems;
        assert.deepEqual(await saidBy('2.2'), ['plugin-in-use-not-enabled']);
        assert.deepEqual(await saidBy('3.9'), ['plugin-enabled-not-installed']);
      },
    ),
  );

  const CONF = 'database = off\n# ours\nplugins = bundled,hello\n';
  const LINKED: readonly [string, Record<string, string>, string][] = [
    ['the plugins line', { 'kong.conf': CONF }, 'plugins in kong.conf, line 3; kong.conf:3'],
    ['the last of several lines', { 'kong.conf': `plugins = bundled\n${CONF}` }, 'plugins in kong.conf, line 4; kong.conf:4'],
    [
      'the variable that wins over it',
      { 'kong.conf': CONF, '.env': 'KONG_PREFIX=/x\nKONG_PLUGINS=bundled,hello\n' },
      'KONG_PLUGINS in .env, line 2; .env:2',
    ],
    [
      'a value that is refused',
      { 'kong.conf': 'prefix = here\ndatabase = off\nlog_level = loud\n' },
      'log_level in kong.conf, line 3; kong.conf:3',
    ],
    [
      'a use in the declarative file',
      { 'kong.conf': 'database = off\ndeclarative_config = kong.yml\n', 'kong.yml': USED, ...GOOD },
      'kong.yml, line 6; kong.yml:6',
    ],
    [
      'a declarative file that is not there',
      { 'kong.conf': 'database = off\ndeclarative_config = kong.yml\n' },
      'declarative_config in kong.conf, line 2; kong.conf:2',
    ],
  ];
  for (const [what, files, expected] of LINKED) {
    it(
      `a predicted failure is no line of a log, and leads to ${what}`,
      onFolder(files, async ({ node, tree }) => {
        const [finding] = (await statusOf(node)).findings;
        assert.equal(finding?.predicted, true);
        assert.ok(finding.evidence.length > 0 && finding.setting);
        const { file, line } = finding.setting;
        assert.equal(`${settingWords(finding.setting)}; ${relative(tree, file ?? '')}:${line}`, expected);
        const shown = `${findingsText([finding])}${toMarkdown([finding])}${JSON.stringify(finding.evidence)}`;
        assert.doesNotMatch(shown, /Kong said|init_by_lua error|\n *1 \| /);
        assert.ok(findingsText([finding]).includes(`${PREDICTED}\n    | `));
        assert.ok(toMarkdown([finding]).includes(`${PREDICTED}\n\n\`\`\`text\n`));
        assert.ok(findingsText([finding]).includes(`${file}:${line}`));
      }),
    );
  }

  it(
    'a plugin that requires what is elsewhere on the node loads',
    onFolder(
      {
        'kong.conf': 'database = off\nplugins = hello\n',
        ...GOOD,
        [`${PLUGINS}/hello/handler.lua`]: `local helper = require "acme.helper"\n${HANDLER()}`,
        'share/lua/5.1/acme/helper.lua': 'return {}\n',
      },
      async ({ node }) => assert.deepEqual((await statusOf(node)).predictedStart.problems, []),
    ),
  );

  it(
    'enabling a second plugin on a doomed node is not held back by the first one',
    onFolder({ 'kong.conf': 'database = off\nplugins = nosuch\n', ...GOOD }, async ({ node }) => {
      const result = await runPlan(node, enableOperation('hello'));
      assert.equal(result.ok, true);
      assert.match(result.steps.find(({ name }) => name === 'verify')?.detail ?? '', /would not start for another reason/);
      assert.match(result.steps.at(-1)?.detail ?? '', /would fail, and not because of hello/);
    }),
  );
});
