// The addresses of *_listen settings, as Kong takes and refuses them.
import assert from 'node:assert/strict';
import { listenProblem } from '../../../src/kong/listen';

describe('a *_listen setting', () => {
  for (const value of [
    'off',
    '0.0.0.0:8001',
    '127.0.0.1:8001 reuseport backlog=16384, 127.0.0.1:8444 http2 ssl reuseport backlog=16384',
    '[::]:8000 ipv6only=on, localhost:8443 ssl',
    '0.0.0.0:5555 udp reuseport',
    '0.0.0.0:8000 so_keepalive=30m::10',
  ])
    it(`takes ${value}`, () => assert.equal(listenProblem('admin_listen', value), undefined));
  for (const value of ['8001', '0.0.0.0', '0.0.0.0:8001 sslx', '0.0.0.0:80010', '1.2.3.400:8001', '[::1:8001', ':8001'])
    it(`refuses ${value}`, () =>
      assert.match(listenProblem('admin_listen', value) ?? '', /^admin_listen must be of form: \[off\] \| <ip>:<port>/));
});
