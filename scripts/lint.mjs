// Types and lint of the whole tree: TypeScript's programs are made once, and its own diagnostics and the rules of ESLint both read them.
// `node scripts/lint.mjs` prints what is wrong and fails if anything is.
import path from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '..');
const PROJECTS = ['tsconfig.json', 'src/extension/panel/page/tsconfig.json'];

/** @type {ts.FormatDiagnosticsHost} */
const host = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
};

/** @param {string} project @returns {ts.Program} of one tsconfig.json; throws where that is wrong */
function programOf(project) {
  const config = ts.getParsedCommandLineOfConfigFile(path.join(root, project), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.formatDiagnostic(diagnostic, host));
    },
  });
  if (config === undefined) throw new Error(`${project} cannot be read`);
  return ts.createProgram({ rootNames: config.fileNames, options: config.options, configFileParsingDiagnostics: config.errors });
}

const programs = PROJECTS.map(programOf);
const diagnostics = ts.sortAndDeduplicateDiagnostics(programs.flatMap((program) => [...ts.getPreEmitDiagnostics(program)]));
if (diagnostics.length > 0) console.log(ts.formatDiagnosticsWithColorAndContext(diagnostics, host));

const eslint = new ESLint({ cwd: root, overrideConfig: { languageOptions: { parserOptions: { programs } } } });
const results = await eslint.lintFiles(['.']);
const said = await (await eslint.loadFormatter('stylish')).format(results);
if (said !== '') console.log(said);
const wrong = results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0);
process.exitCode = wrong || diagnostics.length > 0 ? 1 : 0;
