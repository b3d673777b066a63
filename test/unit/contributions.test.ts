// package.json against src/contributions: names, titles, menus, views and settings cannot drift apart.
// `UPDATE_MANIFEST=1 npx mocha test/unit/contributions.test.ts` writes the manifest from the tables.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../../src/contributions/commands';
import { CATEGORY, CONTAINERS, CONTEXT, EXTENSION_ID, VIEWS } from '../../src/contributions/names';
import { RESTRICTED_SETTINGS, SETTINGS } from '../../src/contributions/settings';
import { WELCOME } from '../../src/contributions/welcome';
import { WALKTHROUGH } from '../../src/contributions/walkthrough';
import { PROBLEM_MATCHERS } from '../../src/troubleshoot/problemMatcher';

interface Manifest {
  name: string;
  publisher: string;
  engines: Record<string, string>;
  devDependencies: Record<string, string>;
  activationEvents: string[];
  capabilities: unknown;
  contributes: Record<string, unknown>;
}

const file = path.resolve(import.meta.dirname, '../../package.json');
const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
const commands = Object.entries(COMMANDS);

function menus(): Record<string, { command: string; when: string; group?: string }[]> {
  const result: Record<string, { command: string; when: string; group?: string }[]> = {};
  for (const [command, { places = [], palette }] of commands) {
    for (const { menu, when, group } of places) (result[menu] ??= []).push({ command, when, group });
    if (palette !== undefined) (result['commandPalette'] ??= []).push({ command, when: String(palette) });
  }
  return result;
}

/** What the tables say `contributes` must hold; languages and grammars are not ours. */
const expected: Record<string, unknown> = {
  commands: commands.map(([command, { title, icon }]) => ({
    command,
    title,
    category: CATEGORY,
    ...(icon === undefined ? {} : { icon }),
  })),
  menus: menus(),
  viewsContainers: {
    activitybar: [{ id: CONTAINERS.activityBar, title: 'Kong Plugin', icon: 'media/activity.svg' }],
    panel: [{ id: CONTAINERS.panel, title: 'Kong Troubleshooting', icon: 'media/activity.svg' }],
  },
  views: {
    [CONTAINERS.activityBar]: [
      { id: VIEWS.plugins, name: 'Plugins', icon: 'media/activity.svg' },
      { id: VIEWS.nodes, name: 'Nodes', icon: 'media/activity.svg' },
    ],
    [CONTAINERS.panel]: [
      { id: VIEWS.troubleshooting, name: 'Kong Troubleshooting', type: 'webview', icon: 'media/activity.svg' },
    ],
  },
  viewsWelcome: WELCOME.map(({ view, when, contents }) => ({ view, contents, ...(when === undefined ? {} : { when }) })),
  configuration: {
    title: 'Kong Plugin',
    properties: Object.fromEntries(Object.entries(SETTINGS).map(([id, setting], order) => [id, { order, ...setting }])),
  },
  problemMatchers: PROBLEM_MATCHERS,
  walkthroughs: [
    {
      ...WALKTHROUGH,
      steps: WALKTHROUGH.steps.map((step) => ({
        ...step,
        media: { svg: 'media/ladder.svg', altText: 'The ladder: packed, installed, enabled, loaded, in use' },
      })),
    },
  ],
};

const capabilities = {
  untrustedWorkspaces: {
    supported: 'limited',
    description:
      'Checks, the plugin list and troubleshooting work; nodes are not looked at and no program is started until the workspace is trusted.',
    restrictedConfigurations: RESTRICTED_SETTINGS,
  },
  virtualWorkspaces: { supported: false, description: 'Plugins are read from the file system.' },
};

const activationEvents = [
  'onLanguage:rockspec',
  'onLanguage:kongconf',
  'workspaceContains:**/*.rockspec',
  'workspaceContains:**/kong/plugins/*/handler.lua',
  'workspaceContains:**/kong.{yml,yaml}',
];

if (process.env['UPDATE_MANIFEST'] !== undefined) {
  const updated = { ...manifest, activationEvents, capabilities, contributes: { ...manifest.contributes, ...expected } };
  writeFileSync(file, `${JSON.stringify(updated, null, 2)}\n`);
  Object.assign(manifest, JSON.parse(JSON.stringify(updated)));
}

/** Every id in `when` clauses and links that starts with our prefix. */
function idsIn(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/(?<!media\/)\bkongPlugin[\w.]*\b/g)].map(([id]) => id.replace(/\.$/, ''));
}

describe('package.json contributes', () => {
  for (const [key, value] of Object.entries(expected)) {
    it(`has the ${key} of src/contributions`, () => {
      assert.deepEqual(manifest.contributes[key], JSON.parse(JSON.stringify(value)));
    });
  }

  it('declares what works in Restricted Mode and when it wakes up', () => {
    assert.deepEqual(manifest.capabilities, capabilities);
    assert.deepEqual(manifest.activationEvents, activationEvents);
  });

  it('has the id that the code looks itself up by', () => {
    assert.equal(`${manifest.publisher}.${manifest.name}`, EXTENSION_ID);
  });

  it('asks for the VS Code its types were written for', () => {
    assert.equal(manifest.engines['vscode'], `^${manifest.devDependencies['@types/vscode'] ?? ''}`);
  });

  it('uses no id in a condition or a link that is not declared', () => {
    const known = new Set<string>([
      ...commands.map(([id]) => id),
      ...Object.keys(SETTINGS),
      ...Object.values(VIEWS),
      ...Object.values(CONTEXT),
      ...Object.values(CONTAINERS),
      ...Object.values(VIEWS).map((id) => `${id}.focus`),
      WALKTHROUGH.id,
    ]);
    const used = idsIn(['menus', 'viewsWelcome', 'views', 'walkthroughs'].map((key) => manifest.contributes[key]));
    assert.deepEqual(
      used.filter((id) => !known.has(id) && !/^kongPlugin$/.test(id)),
      [],
    );
  });

  it('gives every command shown in a title bar or inline an icon', () => {
    const bare = commands.filter(
      ([, { icon, places = [] }]) =>
        icon === undefined && places.some(({ menu, group }) => menu.endsWith('/title') || group.startsWith('inline')),
    );
    assert.deepEqual(
      bare.map(([id]) => id),
      [],
    );
  });

  it('keeps its group of commands apart from the editor’s in every menu', () => {
    for (const [id, { places = [] }] of commands) {
      for (const { menu, group } of places) {
        if (menu === 'explorer/context' || menu === 'editor/context') assert.match(group, /kongPlugin/, `${id} in ${menu}`);
      }
    }
  });
});
