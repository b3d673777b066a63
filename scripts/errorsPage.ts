// Writes docs/errors.md from the catalogue: `node --import tsx scripts/errorsPage.ts`.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsPage } from '../src/troubleshoot/catalogue/page';

writeFileSync(join(__dirname, '../docs/errors.md'), errorsPage());
