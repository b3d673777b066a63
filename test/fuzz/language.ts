// What an editor asks of a plugin's Lua files, as one function of a text: every answer in the middle and at the end.
import { completeCode } from '../../src/code/language/completion';
import { hoverCode } from '../../src/code/language/hover';
import { openAt, openFile } from '../../src/code/language/opened';
import { outlineOf, phaseHints } from '../../src/code/language/outline';
import { fieldAtPlace, requiredAt } from '../../src/code/language/places';
import { callAt } from '../../src/code/language/signature';
import type { KongVersion } from '../../src/kong/versions';
import type { LuaSource } from '../../src/lua/source';
import { evaluatedSchema } from '../../src/plugin/openSchema';
import { completeSchema } from '../../src/plugin/schemaLanguage/complete';
import { hoverSchema } from '../../src/plugin/schemaLanguage/hover';
import { Lines } from '../../src/text/lines';

/** The answers about one file of a plugin, by its path. */
export function languageAnswers(sources: Map<string, LuaSource>, path: string, text: string, version: KongVersion): unknown {
  const { value: schema } = evaluatedSchema({ name: 'demo', sources, version }, undefined);
  const code = { name: 'demo', sources, schema, version };
  const lines = new Lines(text);
  const file = openFile(code, path);
  const answers = [text.length >> 1, text.length].map((offset) => {
    const at = openAt(code, path, lines.position(offset));
    if (at === undefined) return [];
    const choice = { modules: () => [], withoutPdk: false };
    return [
      completeSchema(at),
      completeCode(at, choice),
      hoverSchema(at),
      hoverCode(at),
      callAt(at),
      fieldAtPlace(at),
      requiredAt(at),
    ];
  });
  return [answers, file && outlineOf(file.file, file.context), file && phaseHints(file.file, file.context)];
}
