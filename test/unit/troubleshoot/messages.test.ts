// The messages of Kong's own that a plugin can lead to, as its sources of 2.8.5 and 3.9.1 have them: each is named by an entry of the catalogue.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import { cli, INIT, inRequest, logged, onPlugin, refused, violation } from './examples/example';

/** A template: `%s` is what Kong puts in; `where` is the place in the source, by version. */
interface KongMessage {
  text: string;
  in: 'admin' | 'cli' | 'init' | 'load' | 'log' | 'pdk' | 'schema';
  where: Record<string, string>;
}

const MESSAGES = JSON.parse(readFileSync(join(__dirname, '../../fixtures/logs/messages.json'), 'utf8')) as KongMessage[];

/** The outputs in which Kong says it. */
const SAID: Readonly<Record<KongMessage['in'], (message: string) => string[]>> = {
  admin: (message) => [JSON.stringify({ message, code: 5 })],
  cli: (message) => [cli(message)],
  init: (message) => [
    `${INIT}/usr/local/share/lua/5.1/kong/init.lua:660: ${message}\nstack traceback:\n\t[C]: in function 'error'`,
  ],
  load: (message) => [onPlugin(message)],
  log: (message) => [logged('error', `*5 [lua] init.lua:12: f(): ${message}, context: ngx.timer`)],
  pdk: (message) => [
    inRequest(`[kong] init.lua:406 [acme] /usr/local/share/lua/5.1/kong/plugins/acme/handler.lua:7: ${message}`),
  ],
  schema: (message) => [violation(`fields.1.type: ${message}`), refused({ config: { limit: message } })],
};

describe("Kong's own messages that a plugin can lead to", () => {
  for (const { text, in: kind, where } of MESSAGES) {
    it(`${text} (${Object.values(where).join(', ')})`, async () => {
      for (const log of SAID[kind](text.replace(/%s/g, 'acme'))) {
        const ids = (await diagnose(log)).map(({ id }) => id);
        assert.ok(ids.length > 0 && !ids.includes('unknown-error'), `${log}\ntold: ${ids.join(', ') || 'nothing'}`);
      }
    });
  }
});
