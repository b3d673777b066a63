// What a killed process left half done in a project is put back by the next one, and nothing that was changed since.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyChanges } from '../../../src/system/applyChanges';
import { beginNote, digestOf, putBack, unfinishedIn, type Note, type NotedChange } from '../../../src/system/unfinished';

describe('unfinished changes', () => {
  let dir: string;
  let before: string | undefined;
  const path = (name: string): string => join(dir, name);
  const notes = (): string => join(dir, 'state', 'kong-plugin-workbench', 'unfinished');

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kong-plugin-unfinished-'));
    before = process.env['XDG_STATE_HOME'];
    process.env['XDG_STATE_HOME'] = path('state');
    await writeFile(path('a.lua'), 'old');
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = before;
    await rm(dir, { recursive: true, force: true });
  });

  const changes = (): NotedChange[] => [
    { kind: 'edit', path: path('a.lua'), before: Buffer.from('old').toString('base64'), after: digestOf('new') },
    { kind: 'create', path: path('b.lua'), after: digestOf('made') },
    { kind: 'rename', path: path('a.lua'), to: path('c.lua') },
  ];

  async function begun(): Promise<Note> {
    const note = await beginNote();
    assert(note !== undefined);
    return note;
  }

  /** The process of every note is another one, that is gone. */
  async function die(): Promise<void> {
    for (const name of await readdir(notes())) {
      const text = await readFile(join(notes(), name), 'utf8');
      await writeFile(join(notes(), name), text.replace(/"started":"\d+"/, '"started":"1"'));
    }
  }

  it('are put back in the opposite order, and forgotten', async () => {
    const note = await begun();
    for (const change of changes()) await note.add(change);
    await writeFile(path('a.lua'), 'new');
    await writeFile(path('b.lua'), 'made');
    await rename(path('a.lua'), path('c.lua'));
    await die();
    const [unfinished, ...others] = await unfinishedIn(dir);
    assert(unfinished !== undefined && others.length === 0);
    assert.deepEqual(await putBack(unfinished), []);
    assert.deepEqual((await readdir(dir)).sort(), ['a.lua', 'state']);
    assert.equal(await readFile(path('a.lua'), 'utf8'), 'old');
    assert.deepEqual(await unfinishedIn(dir), []);
  });

  it('that were noted and not made leave everything as it is', async () => {
    const note = await begun();
    for (const change of changes()) await note.add(change);
    await die();
    const [unfinished] = await unfinishedIn(dir);
    assert(unfinished !== undefined);
    assert.deepEqual(await putBack(unfinished), []);
    assert.equal(await readFile(path('a.lua'), 'utf8'), 'old');
  });

  it('leave what somebody has changed since, and say so', async () => {
    const note = await begun();
    for (const change of changes().slice(0, 2)) await note.add(change);
    await writeFile(path('a.lua'), 'mine');
    await writeFile(path('b.lua'), 'mine, too');
    await die();
    const [unfinished] = await unfinishedIn(dir);
    assert(unfinished !== undefined);
    assert.deepEqual((await putBack(unfinished)).sort(), [path('a.lua'), path('b.lua')]);
    assert.equal(await readFile(path('a.lua'), 'utf8'), 'mine');
    assert.equal(await readFile(path('b.lua'), 'utf8'), 'mine, too');
  });

  it('of a process that lives, of other folders, and whose note was cut short, are nobody’s', async () => {
    const note = await begun();
    for (const change of changes()) await note.add(change);
    assert.deepEqual(await unfinishedIn(dir), []);
    await die();
    assert.deepEqual(await unfinishedIn(path('elsewhere')), []);
    const [name = ''] = await readdir(notes());
    const text = await readFile(join(notes(), name), 'utf8');
    await writeFile(join(notes(), name), text.slice(0, text.indexOf('\n') + 20));
    assert.deepEqual(await unfinishedIn(dir), []);
  });

  it('are not kept of changes that were made, or undone because one failed', async () => {
    const edit = {
      kind: 'edit' as const,
      path: path('a.lua'),
      edits: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } }, newText: 'new' }],
    };
    await applyChanges([edit], { noted: true });
    assert.deepEqual(await readdir(notes()), []);
    assert.equal((await stat(notes())).mode & 0o777, 0o700);
    await assert.rejects(applyChanges([edit, { kind: 'create', path: path('a.lua'), text: '' }], { noted: true }));
    assert.deepEqual(await readdir(notes()), []);
    assert.equal(await readFile(path('a.lua'), 'utf8'), 'new');
  });
});
