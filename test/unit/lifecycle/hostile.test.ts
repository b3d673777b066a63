// A folder that somebody else made is used as a node in every way there is: nothing outside of it changes, not a byte and not a mode.
import assert from 'node:assert/strict';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disableOperation, enableOperation } from '../../../src/lifecycle/operations/enable';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { operate } from '../../../src/lifecycle/operations/operate';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { syncOperation } from '../../../src/lifecycle/operations/sync';
import type { Operation } from '../../../src/lifecycle/plan/plan';
import { recover } from '../../../src/lifecycle/plan/recover';
import { statusOf } from '../../../src/lifecycle/state/status';
import { folderNode } from '../../../src/node/folder';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { UserError } from '../../../src/system/userError';
import { CRAFTS, VICTIM, type Doing, type Place } from './hostileFolders';
import { project, writeFiles } from './plugins';

const CONF = 'database = off\nplugins = bundled\n';

describe('a folder that fights back', function () {
  this.timeout(120_000);
  let folder = '';
  let source = '';
  let stateHome: string | undefined;
  let operations: Readonly<Record<Doing, Operation>>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kpw-hostile-'));
    stateHome = process.env['XDG_STATE_HOME'];
    process.env['XDG_STATE_HOME'] = join(folder, 'state');
    source = join(folder, 'hello');
    await writeFiles(source, project('hello'));
    const [plugin] = await discoverPlugins([source]);
    assert.ok(plugin);
    const keep = (): Promise<string> => Promise.resolve('kept');
    operations = {
      'enable x': enableOperation('x'),
      'disable x': disableOperation('x'),
      'install hello': installOperation(await readInstallSource(source, source), { enable: true }),
      'sync hello': syncOperation(plugin),
      'install hello by path': installOperation(await readInstallSource(source, source, { via: 'path' }), {
        via: 'path',
        enable: true,
      }),
      'remove x': removeOperation('x', { yes: true, keep }),
      'remove hello': removeOperation('hello', { yes: true, keep }),
    };
  });
  after(async () => {
    if (stateHome === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = stateHome;
    await rm(folder, { recursive: true, force: true });
  });

  async function prepared(make: (place: Place) => Promise<void>): Promise<Place> {
    const place = { node: join(folder, 'node'), victim: join(folder, 'victim') };
    for (const path of Object.values(place)) await rm(path, { recursive: true, force: true });
    await writeFiles(place.victim, VICTIM);
    await mkdir(place.node);
    await writeFiles(place.node, { 'kong.conf': CONF });
    await make(place);
    return place;
  }

  it(`is at least 60 folders, all of them different`, () => {
    assert.ok(CRAFTS.length >= 60);
    assert.equal(new Set(CRAFTS.map(({ name }) => name)).size, CRAFTS.length);
  });

  for (const { name, make, doings } of CRAFTS) {
    it(name, async () => {
      const place = await prepared(make);
      const before = await everything(place.victim);
      const node = folderNode(place.node);
      const unharmed = async (what: string): Promise<void> => assert.deepEqual(await everything(place.victim), before, what);
      await statusOf(node);
      for (const doing of doings) {
        await refusable(() => operate([node], operations[doing]));
        await unharmed(doing);
      }
      await refusable(() => recover(node, { how: 'undo', trusted: true }));
      await unharmed('recover');
    });
  }
});

/** A refusal is as good as a result here; a bug of ours is not. */
async function refusable(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** Every entry of a folder with its mode and content. */
async function everything(root: string, below = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(join(root, below))).sort()) {
    const path = join(below, name);
    const info = await lstat(join(root, path));
    const content = info.isFile() ? await readFile(join(root, path), 'utf8') : '';
    found[path] = `${info.mode.toString(8)} ${content}`;
    if (info.isDirectory()) Object.assign(found, await everything(root, path));
  }
  return found;
}
