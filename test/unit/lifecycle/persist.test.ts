// The texts that make an installation survive its container.
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { composeOverride, dockerfile, type PersistInput } from '../../../src/lifecycle/operations/persist';
import type { Plugin } from '../../../src/plugin/plugin';

const plugin = (name: string): Plugin => ({
  name,
  language: 'lua',
  dir: `/work space/src/kong/plugins/${name}`,
  root: '/work space/src',
  handler: undefined,
  schema: undefined,
  rockspec: undefined,
  modules: new Map(
    ['handler', 'schema'].map((part) => [`kong.plugins.${name}.${part}`, `/work space/src/kong/plugins/${name}/${part}.lua`]),
  ),
});
const input: PersistInput = {
  plugins: [plugin('one'), plugin('two')],
  current: 'bundled, other',
  folder: '/work space',
  image: 'kong:3.9.1',
  user: 'kong',
  service: 'gateway',
  madeByCompose: true,
};

describe('persist', () => {
  it('as a compose override mounts and enables, and is YAML whatever the names', () => {
    assert.deepEqual(parse(composeOverride(input)), {
      services: {
        gateway: {
          environment: { KONG_PLUGINS: 'bundled,other,one,two' },
          volumes: ['one', 'two'].map((name) => ({
            type: 'bind',
            source: `./src/kong/plugins/${name}`,
            target: `/usr/local/share/lua/5.1/kong/plugins/${name}`,
            read_only: true,
          })),
        },
      },
    });
  });

  it('as a Dockerfile copies as root, runs as the image did, and keeps what was enabled', () => {
    assert.deepEqual(dockerfile(input).split('\n'), [
      'FROM kong:3.9.1',
      '# The files belong to root and are readable for Kong, which needs no more.',
      'USER root',
      'COPY ["./src/kong/plugins/one","/usr/local/share/lua/5.1/kong/plugins/one"]',
      'COPY ["./src/kong/plugins/two","/usr/local/share/lua/5.1/kong/plugins/two"]',
      'RUN chmod -R a+rX /usr/local/share/lua/5.1/kong/plugins/one /usr/local/share/lua/5.1/kong/plugins/two',
      'USER kong',
      'ENV KONG_PLUGINS=bundled,other,one,two',
      '',
    ]);
  });

  it('takes modules elsewhere file by file, so that nothing of Kong is hidden', () => {
    const modules = new Map([
      ['kong.plugins.odd.handler', '/work space/src/handler.lua'],
      ['kong.plugins.odd.schema', '/work space/src/conf.lua'],
      ['kong.tools.odd', '/work space/lib/kong/tools/odd.lua'],
    ]);
    assert.deepEqual(
      dockerfile({ ...input, plugins: [{ ...plugin('odd'), modules }] })
        .split('\n')
        .filter((line) => line.startsWith('COPY')),
      [
        'COPY ["./src","/usr/local/share/lua/5.1/kong/plugins/odd"]',
        'COPY ["./src/conf.lua","/usr/local/share/lua/5.1/kong/plugins/odd/schema.lua"]',
        'COPY ["./lib/kong/tools/odd.lua","/usr/local/share/lua/5.1/kong/tools/odd.lua"]',
      ],
    );
  });

  it('enables beside the bundled ones when nothing was set', () => {
    assert.match(dockerfile({ ...input, current: undefined }), /^ENV KONG_PLUGINS=bundled,one,two$/m);
  });
});
