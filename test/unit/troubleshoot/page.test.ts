// docs/errors.md is what the catalogue says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '../../../src/troubleshoot/catalogue';
import { errorsPage } from '../../../src/troubleshoot/catalogue/page';

describe('docs/errors.md', () => {
  it('is up to date (node --import tsx scripts/errorsPage.ts)', () => {
    assert.equal(readFileSync(join(__dirname, '../../../docs/errors.md'), 'utf8'), errorsPage());
  });

  it('has every entry', () => {
    const page = errorsPage();
    for (const id of Object.keys(CATALOGUE)) assert.ok(page.includes(`\n### ${id}\n`), id);
  });
});
