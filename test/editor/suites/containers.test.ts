// The ladder by palette on real containers: three nodes as a cluster and one by itself; undone when broken; watched; what the views show of it.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { loadedPlugins, ready, startTestNode, until, type TestNode } from '../../equipment/testNode';
import { docker } from '../../equipment/docker';
import { click, frameClick, frameTexts, screenshot, texts, waitFor } from '../driver';
import {
  answer,
  closeNotifications,
  expand,
  inDialog,
  inEachTheme,
  inWorkspace,
  notification,
  openOurViews,
  rowsWith,
} from '../window';

const PLUGIN = 'hello-header';
const TREE = '/usr/local/share/lua/5.1/kong/plugins';

async function setting(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('kongPlugin').update(name, value, vscode.ConfigurationTarget.Workspace);
}

async function handlerVersion(node: TestNode): Promise<string> {
  return node.sh(`sed -n 's/.*VERSION = "\\([^"]*\\)".*/\\1/p' ${TREE}/${PLUGIN}/handler.lua || true`);
}

/** Runs a command of the palette; what it asks is answered by the test. */
const command = (name: string, argument: object = { plugin: PLUGIN }): Thenable<unknown> =>
  vscode.commands.executeCommand(`kongPlugin.${name}`, argument);

/** A use of a plugin as its row in the Nodes view tells it to commands. */
async function useOn(node: TestNode, name: string): Promise<{ use: { id: string }; row: object }> {
  const admin = await node.admin();
  const told = async (path: string): Promise<unknown> => (await fetch(`${admin}/${path}`)).json();
  const { data } = (await told(`services/${name}/plugins`)) as { data: { id: string }[] };
  const [use] = data;
  assert.ok(use);
  return { use, row: { kind: 'use', node: node.id, plugin: PLUGIN, use: { id: use.id } } };
}

/** What the document of the last request says. */
const tried = (): string => vscode.workspace.textDocuments.find(({ uri }) => uri.path === '/Tried Request.txt')?.getText() ?? '';

/** The document that Configure… opens for a use of the plugin. */
async function openConfiguration(node: string, on: string): Promise<vscode.TextDocument> {
  const opened = vscode.commands.executeCommand('kongPlugin.configure', { plugin: PLUGIN, node });
  await answer(/Apply hello-header to/, on);
  await opened;
  const document = vscode.window.activeTextEditor?.document;
  assert.ok(document?.isUntitled);
  return document;
}

async function replaceText(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

const inBothThemes = (name: string): Promise<void> => inEachTheme((theme) => screenshot(`${name}-${theme}`));

describe('containers', () => {
  const schema = inWorkspace(PLUGIN, 'kong/plugins', PLUGIN, 'schema.lua').fsPath;
  const handler = inWorkspace(PLUGIN, 'kong/plugins', PLUGIN, 'handler.lua').fsPath;
  const healthy = { schema: readFileSync(schema, 'utf8'), handler: readFileSync(handler, 'utf8') };
  let cluster: TestNode[];
  let solo: TestNode;

  before(async () => {
    const [first, ...others] = await Promise.all([
      startTestNode({ name: 'solo', database: 'bootstrapped' }),
      ...['one', 'two', 'three'].map((name) => startTestNode({ name: `kong-${name}` })),
    ]);
    solo = first;
    cluster = others;
    await Promise.all([solo, ...cluster].map(ready));
    await setting('clusters', { trio: cluster.map(({ id }) => id) });
    await openOurViews();
    await vscode.commands.executeCommand('kongPlugin.refreshNodes');
    await rowsWith(/^docker:solo.*3\.9\.1/);
  });
  after(async () => {
    await Promise.all([solo, ...cluster].map((node) => node.remove()));
  });
  afterEach(async () => {
    writeFileSync(schema, healthy.schema);
    writeFileSync(handler, healthy.handler);
    await closeNotifications();
  });

  for (const way of ['Rock', 'Source', 'Path'] as const) {
    it(`installs by ${way.toLowerCase()} on one node and takes it away again`, async () => {
      const installed = command('install');
      await answer(/Install hello-header as/, way);
      await answer(/Install hello-header on/, 'docker:solo');
      await inDialog(/Install hello-header on docker:solo/, 'Install');
      await installed;
      await notification(/hello-header installed on docker:solo/);
      assert.ok((await loadedPlugins(solo)).includes(PLUGIN));
      await closeNotifications();
      const removed = command('remove');
      await answer(/Remove hello-header from/, 'docker:solo');
      assert.match(await inDialog(/Remove hello-header from docker:solo/, 'Remove'), /handler\.lua.*schema\.lua/);
      await removed;
      await notification(/hello-header removed from docker:solo/);
      assert.equal(await solo.sh(`find / -path '*plugins/${PLUGIN}/*' -not -path '/proc/*' 2>/dev/null || true`), '');
    });
  }

  it('installs on a cluster, every node, after showing the steps of each', async () => {
    const installed = command('install');
    await answer(/Install hello-header as/, 'Rock');
    await answer(/Install hello-header on/, 'trio');
    await waitFor('the dialog', async () => ((await texts('.monaco-dialog-box')).length > 0 ? true : undefined));
    await inBothThemes('cluster-preview');
    await inDialog(/Install hello-header on docker:kong-one, docker:kong-two, docker:kong-three/, 'Install');
    await installed;
    await notification(/hello-header installed on docker:kong-one, docker:kong-two, docker:kong-three/);
    for (const node of cluster) assert.ok((await loadedPlugins(node)).includes(PLUGIN));
  });

  it('sends a saved request by its code lens, and shows what came of it beside', async () => {
    const file = inWorkspace('requests.http');
    writeFileSync(file.fsPath, '# expect status 200\nGET /nowhere\n');
    await vscode.window.showTextDocument(file);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', file);
    const link = lenses[0]?.command;
    assert.equal(link?.title, 'Try Request');
    const tried = vscode.commands.executeCommand(link.command, ...((link.arguments ?? []) as unknown[]));
    await answer(/Through the proxy of which node/, 'docker:solo');
    await tried;
    const report = vscode.workspace.textDocuments.find(({ uri }) => uri.path === '/Tried Request.txt')?.getText() ?? '';
    assert.match(report, /^✗ status 200, but it is 404/);
    assert.match(report, /GET \/nowhere → 404/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(file.fsPath);
  });

  it('verifies, disables, enables and reloads the cluster', async () => {
    for (const [name, title, done, button, there] of [
      ['verify', 'Verify hello-header on', 'hello-header verified', undefined, true],
      ['disable', 'Disable hello-header on', 'hello-header disabled', 'Disable', false],
      ['enable', 'Enable hello-header on', 'hello-header enabled', 'Enable', true],
      ['reload', 'Reload which Kong', 'Kong reloaded', undefined, true],
    ] as const) {
      const ended = command(name, name === 'reload' ? {} : { plugin: PLUGIN });
      await answer(new RegExp(title), 'trio');
      if (button !== undefined) await inDialog(new RegExp(`${title.replace('which Kong', '')}.*kong-one`), button);
      await ended;
      await notification(new RegExp(`${done} on docker:kong-one, docker:kong-two, docker:kong-three`));
      for (const node of cluster) assert.equal((await loadedPlugins(node)).includes(PLUGIN), there, `${name} ${node.name}`);
      await closeNotifications();
    }
  });

  it('shows a healthy node, one that drifts and one whose next start fails', async () => {
    const [, drifting, doomed] = cluster;
    await drifting?.sh(`echo '-- changed by hand' >> ${TREE}/${PLUGIN}/handler.lua`, 'root');
    await doomed?.sh(`rm ${TREE}/${PLUGIN}/schema.lua`, 'root');
    await vscode.commands.executeCommand('kongPlugin.refreshNodes');
    const rows = await rowsWith(/^docker:kong-three.*next start fails/);
    assert.ok(
      rows.some((row) => /^hello-header.*differs from workspace/.test(row)),
      rows.join('\n'),
    );
    assert.ok(!rows.some((row) => /^docker:kong-one.*next start fails/.test(row)), rows.join('\n'));
    await inBothThemes('nodes');
  });

  it('undoes a broken plugin on the first node, leaves the others alone, and explains it at the line', async () => {
    writeFileSync(handler, `local x = os.getenv("NO_SUCH_VARIABLE") .. "x"\n${healthy.handler}`);
    const before = await Promise.all(cluster.map(handlerVersion));
    const installed = command('install');
    await answer(/Install hello-header as/, 'Rock');
    await answer(/Install hello-header on/, 'trio');
    await inDialog(/Install hello-header on docker:kong-one/, 'Install');
    await installed;
    assert.match(await notification(/Install hello-header on docker:kong-one failed/), /put back/);
    await waitFor('the finding', async () => (await frameTexts('article.card')).find((card) => card.includes(PLUGIN)));
    assert.deepEqual(await Promise.all(cluster.map(handlerVersion)), before);
    const [problem] = vscode.languages.getDiagnostics(vscode.Uri.file(handler)).filter(({ source }) => source === 'Kong log');
    assert.equal(problem?.range.start.line, 0);
    await screenshot('cluster-undone');
  });

  it('brings a container that died back to health in three clicks: its row, the button, the confirmation', async () => {
    const [, , dead] = cluster;
    assert.ok(dead);
    await docker('restart', '--time', '1', dead.name);
    await rowsWith(/^docker:kong-three.*stopped/);
    await click('.part.sidebar .monaco-list-row[aria-label*="docker:kong-three"]');
    const button = 'button[data-fix="reinstall"]';
    await waitFor('what it said', async () =>
      (await frameTexts('#source')).join().includes('docker:kong-three') && (await frameTexts(button)).length > 0
        ? true
        : undefined,
    );
    await inBothThemes('dead-container');
    await frameClick(button);
    await inDialog(/Install hello-header again, replacing its files on docker:kong-three/, 'Install');
    await waitFor('a green card', async () => ((await frameTexts('article.card.mended')).length === 1 ? true : undefined));
    assert.ok((await loadedPlugins(dead)).includes(PLUGIN));
    await rowsWith(/^docker:kong-three.*3\.9\.1/);
    await screenshot('dead-container-healthy');
    await frameClick('#clear');
  });

  it('shows where a plugin is in use before it is removed', async () => {
    const installed = command('install', { plugin: PLUGIN, node: solo.id });
    await answer(/Install hello-header as/, 'Rock');
    await inDialog(/Install hello-header on docker:solo/, 'Install');
    await installed;
    const headers = { 'content-type': 'application/json' };
    const post = async (place: string, entity: object): Promise<void> => {
      const sent = { method: 'POST', headers, body: JSON.stringify(entity) };
      assert.equal((await fetch(`${await solo.admin()}/${place}`, sent)).status, 201, place);
    };
    const service = { id: '5f0c9f4c-5f0e-4c1b-9a3f-0f0d7a6f1a11' };
    await post('services', { ...service, name: 'orders', url: 'http://127.0.0.1:9' });
    await post('plugins', { name: PLUGIN });
    await post('plugins', { name: PLUGIN, service, config: { greeting: 'from a test' } });
    await vscode.commands.executeCommand('kongPlugin.refreshNodes');
    await rowsWith(/^hello-header.*in use 2×/);
    await expand('Plugin hello-header, 0.1.0-1 · in use');
    const rows = await rowsWith(/^on service orders.*1 field set/);
    assert.ok(
      rows.some((row) => /^global$/.test(row)),
      rows.join('\n'),
    );
    await inBothThemes('uses');
    const { use, row } = await useOn(solo, 'orders');
    await vscode.commands.executeCommand('kongPlugin.copyUseAsDeclarative', row);
    assert.match(await vscode.env.clipboard.readText(), /name: hello-header\n +service: orders\n[^]*greeting: from a test/);
    const switched = vscode.commands.executeCommand('kongPlugin.switchUseOff', row);
    await inDialog(/Switch Off hello-header on service orders/, 'Switch Off');
    await switched;
    await rowsWith(/^on service orders.*switched off/);
    const gone = vscode.commands.executeCommand('kongPlugin.removeUse', row);
    await inDialog(/Remove hello-header on service orders from docker:solo/, 'Remove');
    await gone;
    await rowsWith(/^hello-header.*in use 1×/);
    assert.equal((await fetch(`${await solo.admin()}/plugins/${use.id}`)).status, 404);
    await closeNotifications();
    await post('plugins', { name: PLUGIN, service });
    const removed = command('remove', { plugin: PLUGIN, node: solo.id });
    await waitFor('the dialog', async () => ((await texts('.monaco-dialog-box')).length > 0 ? true : undefined));
    await inBothThemes('removal-in-use');
    await inDialog(/Delete the configuration of hello-header in 2 places: .*global/, 'Remove');
    await removed;
    await notification(/hello-header removed from docker:solo/);
    assert.ok(!(await loadedPlugins(solo)).includes(PLUGIN));
  });

  it('watches: a save is loaded, a broken one stays here and is shown at its line', async () => {
    const [node] = cluster;
    assert.ok(node);
    const started = command('startWatching', { plugin: PLUGIN, node: node.id });
    await inDialog(/Watch hello-header on docker:kong-one/, 'Watch');
    await started;
    writeFileSync(handler, healthy.handler.replace(/VERSION = "[^"]*"/, 'VERSION = "9.9.9"'));
    await until('the save', async () => ((await handlerVersion(node)) === '9.9.9' ? true : undefined), 20_000);
    writeFileSync(schema, healthy.schema.replace('type = "string"', 'type = "strng"'));
    await waitFor('the finding', async () => (await frameTexts('article.card')).find((card) => card.includes('hello-header')));
    await waitFor('the failure in the status bar', async () =>
      (await texts('.statusbar-item.has-background-color')).find((text) => text.includes(PLUGIN)),
    );
    await screenshot('watch-failed');
    writeFileSync(schema, healthy.schema);
    await waitFor('the panel to be clear again', async () =>
      (await frameTexts('article.card')).length === 0 ? true : undefined,
    );
    await command('stopWatching');
  });

  let development = '';

  it('starts a development node; the plugin is configured in a document there, and tried', async () => {
    await setting('development.image', process.env['KONG_PLUGIN_TEST_NODE_IMAGE']);
    await command('startDevelopmentNode');
    const started = await notification(
      /runs as docker:kong-dev-hello-header-\w+ with hello-header: proxy http:\/\/127\.0\.0\.1:\d+/,
    );
    await rowsWith(/^docker:kong-dev-hello-header/);
    await screenshot('development-node');
    development = /docker:[\w-]+/.exec(started)?.[0] ?? '';
    await closeNotifications();

    const document = await openConfiguration(development, 'on service echo');
    const good = document.getText();
    assert.match(good, /^# Configure hello-header on service echo\n[^]*\nnode: \S+\nplugin: hello-header\nscope: service:echo\n/);
    await replaceText(document, good.replace('greeting: Hello', 'greeting: [Hello]\n  greting: x'));
    const wrong = await waitFor('what is wrong', () => {
      const found = vscode.languages.getDiagnostics(document.uri);
      return found.length === 2 ? found : undefined;
    });
    assert.deepEqual(
      wrong.map(({ range, message }) => [document.getText(range), message]),
      [
        ['[Hello]', 'expected a string'],
        ['greting', 'unknown field'],
      ],
    );
    await vscode.commands.executeCommand('workbench.actions.view.problems');
    await inBothThemes('configure-wrong');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await replaceText(document, good.replace('greeting: Hello', 'greeting: from a document'));
    await waitFor('nothing wrong', () => (vscode.languages.getDiagnostics(document.uri).length === 0 ? true : undefined));

    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
    assert.deepEqual(
      lenses.map((lens) => lens.command?.title),
      ['Apply', 'Apply and Try', 'Discard'],
    );
    const [, link] = lenses.map((lens) => lens.command);
    const applied = vscode.commands.executeCommand(link?.command ?? '', ...((link?.arguments ?? []) as unknown[]));
    await inDialog(/Configure hello-header on service:echo on docker:kong-dev/, 'Apply');
    await answer(/Try Request/);
    await applied;
    const answered = /GET \/ → 200[^]*on the way back\n +header x-hello\n +\+ from a document/;
    await waitFor('the answer', () => (answered.test(tried()) ? true : undefined));
    assert.match(document.getText(), /\nid: [-\da-f]{36}\n/);
    await closeNotifications();
    await inBothThemes('configure-tried');
    await vscode.commands.executeCommand('kongPlugin.discardConfiguration', ...((link?.arguments ?? []) as unknown[]));
    assert.ok(!vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes('Configure'))));
  });

  it('watches it there: the answer changes with every save, and tells of one that Kong refuses; then the node is stopped', async () => {
    const watched = command('startWatching', { plugin: PLUGIN, node: development });
    await inDialog(/Watch hello-header on docker:kong-dev/, 'Watch');
    await watched;
    writeFileSync(handler, healthy.handler.replace('conf.greeting', 'conf.greeting .. "!"'));
    await waitFor('the effect of the save', () => (tried().includes('from a document!') ? true : undefined));
    writeFileSync(schema, healthy.schema.replace('type = "string"', 'type = "strng"'));
    await waitFor('what is wrong with the save', () => (/did not come into use[^]*strng/.test(tried()) ? true : undefined));
    await screenshot('live-refused');
    writeFileSync(schema, healthy.schema);
    await waitFor('the answer again', () => (/^GET \/ → 200[^]*from a document!/.test(tried()) ? true : undefined));
    assert.equal(
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ label }) => label === 'Tried Request.txt').length,
      1,
    );
    await command('stopWatching');

    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('kongPlugin.stopDevelopmentNode');
    await notification(/was stopped and removed/);
    assert.equal(await docker('ps', '--all', '--quiet', '--filter', 'name=kong-dev-'), '');
  });

  it('opens what keeps an installation for review', async () => {
    const opened = command('persist', { plugin: PLUGIN, node: cluster[0]?.id });
    await answer(/Keep hello-header as/, 'Compose');
    await opened;
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.isUntitled, true);
    assert.match(
      document.getText(),
      /KONG_PLUGINS: bundled,hello-header[\s\S]*target: \/usr\/local\/share\/lua\/5\.1\/kong\/plugins\/hello-header/,
    );
    await screenshot('persist');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
