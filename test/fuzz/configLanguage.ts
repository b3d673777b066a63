// What an editor asks of a configuration, as one function of a text: every answer in the middle and at the end, and the fixes.
import { checkConfiguration } from '../../src/config/declarative/check';
import type { Schemas } from '../../src/config/findSchema';
import { completeConfig } from '../../src/config/language/complete';
import { configSpotAt, hoverConfig } from '../../src/config/language/hover';
import { configSymbols } from '../../src/config/language/outline';
import { definitionsOf, referencesOf } from '../../src/config/language/places';
import { treesOf } from '../../src/config/language/tree';

/** The answers about a configuration. */
export async function configAnswers(text: string, schemas: Schemas): Promise<unknown> {
  const trees = treesOf(text);
  const answers = await Promise.all(
    [text.length >> 1, text.length].map(async (offset) => {
      const suggestions = await completeConfig(text, offset, schemas);
      const spot = await configSpotAt(text, trees, offset, schemas);
      if (spot === undefined) return [suggestions];
      const found = [hoverConfig(spot, schemas), definitionsOf(text, spot, schemas)];
      return [suggestions, await Promise.all(found), referencesOf(text, spot, schemas, true)];
    }),
  );
  return [answers, configSymbols(text, trees, schemas)];
}

/** The fixes of the first of everything wrong with a configuration. */
export async function configFixes(text: string, schemas: Schemas): Promise<unknown> {
  const found = await checkConfiguration(text, schemas, { fixes: { path: '/w/kong.yml', isWanted: () => true } });
  return found.flatMap(({ fixes }) => fixes ?? []);
}
