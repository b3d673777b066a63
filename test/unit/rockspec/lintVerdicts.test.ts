// What `luarocks lint` of five versions said to 297 rockspecs, and whether we say the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRockspec } from '../../../src/rockspec/check';

interface Verdict {
  name: string;
  file: string;
  text: string;
  refusedBy: string[];
}

const VERSIONS = ['3.8.0', '3.9.2', '3.11.1', '3.12.2', '3.13.0'];
const VERDICTS = JSON.parse(readFileSync(join(__dirname, '../../fixtures/rockspec/lint-verdicts.json'), 'utf8')) as Verdict[];

describe('the verdict of luarocks lint', () => {
  for (const luarocks of VERSIONS) {
    it(`is ours too: LuaRocks ${luarocks} and ${VERDICTS.length} rockspecs`, async () => {
      const disagreements: string[] = [];
      for (const { name, file, text, refusedBy } of VERDICTS) {
        const diagnostics = await checkRockspec(text, `/plugin/${file}`, { luarocks });
        const refused = diagnostics.filter((diagnostic) => diagnostic.enforcedBy.includes('luarocks-lint'));
        if (refused.length > 0 !== refusedBy.includes(luarocks)) {
          disagreements.push(
            `${name}: LuaRocks ${refusedBy.includes(luarocks) ? 'refuses' : 'accepts'} it, we say ${JSON.stringify(refused)}`,
          );
        }
      }
      assert.deepEqual(disagreements, []);
    });
  }
});
