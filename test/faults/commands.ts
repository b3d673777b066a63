// Every command that changes files, with what is there before it. The working directory holds `hello` (a plugin), `old` (one for an older Kong), `wrong` (one that Kong does not load), `node` (a folder node) and `out`.
import { idOfPlugin } from '../../src/kong/declarative/ids';
import { parseKongVersion } from '../../src/kong/versions';

export interface WritingCommand {
  name: string;
  /** Commands that were run before. */
  before: readonly (readonly string[])[];
  args: readonly string[];
}

const NODE = ['--node', 'folder:node'];
const INSTALL = ['install', 'hello', ...NODE];
const CONFIGURE = ['configure', 'hello', '--on', 'global', 'greeting=hi', ...NODE];
/** What CONFIGURE makes: the id that Kong gives a plugin that is applied to everything. */
const USE = idOfPlugin({ name: 'hello', on: {} }, parseKongVersion('3.9'));
const BY_PATH = [...INSTALL, '--via', 'path'];

/** The commands; a new one that writes is a row. */
export const COMMANDS: readonly WritingCommand[] = [
  { name: 'install', before: [], args: INSTALL },
  { name: 'install by path', before: [], args: BY_PATH },
  { name: 'install without enabling', before: [], args: [...INSTALL, '--no-enable'] },
  { name: 'install over an older version', before: [INSTALL, ['bump', '0.2.0', 'hello']], args: INSTALL },
  { name: 'enable', before: [[...INSTALL, '--no-enable']], args: ['enable', 'hello', ...NODE] },
  { name: 'disable', before: [INSTALL], args: ['disable', 'hello', ...NODE] },
  { name: 'remove', before: [INSTALL], args: ['remove', 'hello', '--yes', ...NODE] },
  { name: 'remove what is installed by path', before: [BY_PATH], args: ['remove', 'hello', '--yes', ...NODE] },
  { name: 'configure', before: [INSTALL], args: CONFIGURE },
  {
    name: 'configure --edit',
    before: [INSTALL, CONFIGURE],
    args: ['configure', '--edit', USE, '--disable', 'greeting=ho', ...NODE],
  },
  { name: 'unconfigure', before: [INSTALL, CONFIGURE], args: ['unconfigure', USE, '--keep', '..', ...NODE] },
  { name: 'bump', before: [], args: ['bump', '0.2.0', 'hello'] },
  { name: 'rename', before: [], args: ['rename', 'hello', 'goodbye', 'hello'] },
  { name: 'upgrade', before: [], args: ['upgrade', 'old', '--yes'] },
  { name: 'check --fix', before: [], args: ['check', 'wrong', '--fix', '--yes'] },
  { name: 'new', before: [], args: ['new', 'fresh', 'fresh'] },
  { name: 'pack as a rock', before: [], args: ['pack', 'hello', '--kind', 'rock', '--out', 'out'] },
  { name: 'pack as a tar', before: [], args: ['pack', 'hello', '--kind', 'tar', '--out', 'out'] },
  { name: 'types', before: [], args: ['types', 'hello', '--out', 'out/types'] },
];
