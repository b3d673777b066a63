// The catalogue as a whole: its data is complete, and no message hides another.
import assert from 'node:assert/strict';
import { CATALOGUE, type EntryId } from '../../../src/troubleshoot/catalogue';
import type { CatalogueEntry } from '../../../src/troubleshoot/catalogue/entry';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import { REMEDY_TITLES } from '../../../src/troubleshoot/remedyKinds';
import { proseOf } from '../../../src/troubleshoot/conclude';
import { compile, NEUTRAL } from '../../../src/troubleshoot/template';
import { sampleLog } from './samples';

const ENTRIES = Object.entries(CATALOGUE) as [EntryId, CatalogueEntry][];

/** Every sentence of an entry but those of its alternatives. */
function proseIn(entry: CatalogueEntry): string[] {
  const steps = entry.steps.map((step) => (typeof step === 'string' ? step : step.text));
  return [entry.title, entry.cause, ...entry.messages.flatMap(({ means }) => means ?? []), ...steps];
}

describe('the catalogue', () => {
  it('names only entries and remedies that exist', () => {
    for (const [id, entry] of ENTRIES) {
      for (const other of [...(entry.related ?? []), ...(entry.alternatives ?? []).map((alternative) => alternative.id)]) {
        assert.ok(other in CATALOGUE && other !== id, `${id} points to ${other}`);
      }
      for (const fix of entry.fixes ?? []) assert.ok(fix in REMEDY_TITLES, `${id} wants ${fix}`);
    }
  });

  it('tells of every entry what it is, why it happens and what to do', () => {
    for (const [id, entry] of ENTRIES) {
      assert.ok(entry.title.length > 5 && entry.cause.length > 20 && entry.steps.length > 0 && entry.messages.length > 0, id);
      for (const step of entry.steps)
        assert.match(typeof step === 'string' ? step : step.text, /[.?…]$/, `${id}: its steps are sentences`);
      assert.match(entry.cause, /\.\)?$/, `${id}: its cause is a sentence`);
      assert.match(entry.link, /^https:\/\//, id);
    }
  });

  it('fills only words that a message of the entry tells', () => {
    // `last` is not told but known: the last Kong that had the missing module
    const always = new Set(['plugin', 'module', 'file', 'line', 'error', 'last']);
    for (const [id, entry] of ENTRIES) {
      const told = new Set(entry.tells);
      for (const word of entry.messages.flatMap(({ text }) => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? '')))
        told.add(word);
      const prose = proseIn(entry).join(' ');
      for (const [, word = ''] of prose.matchAll(/\{(\w+)\}/g)) assert.ok(always.has(word) || told.has(word), `${id}: {${word}}`);
    }
  });

  it('leaves no hole where the text told nothing', () => {
    for (const [id, entry] of ENTRIES) {
      const checks = (entry.alternatives ?? []).map(({ check }) => check);
      const prose = [...proseIn(entry), ...checks].join(' ');
      for (const [, word = ''] of prose.matchAll(/\{(\w+)\}/g))
        assert.ok(word in NEUTRAL, `${id}: {${word}} has no neutral phrase`);
      assert.doesNotMatch(prose, /<[a-z][\w-]*>/, `${id}: a word in angle brackets looks like one that was not filled in`);
      const bare = proseOf(id, {}, null);
      assert.doesNotMatch([bare.title, bare.cause, ...bare.steps].join(' '), /\{\w+\}/, id);
    }
  });

  it('has a literal of at least eight letters in every message that is matched', () => {
    for (const [id, entry] of ENTRIES) {
      for (const message of entry.messages) {
        if (message.sign !== true && message.in === undefined)
          assert.ok(compile(message.text).anchor.length >= 8, `${id}: ${message.text}`);
      }
    }
  });

  for (const [id, entry] of ENTRIES) {
    const matched = entry.messages.filter(({ sign, place }) => sign !== true && place === undefined);
    if (matched.length === 0) continue;
    it(`finds every message of ${id}`, async () => {
      for (const message of matched) {
        const log = sampleLog(message);
        const ids = (await diagnose(log)).map((finding) => finding.id);
        assert.deepEqual(ids, [id], log);
      }
    });
  }
});
