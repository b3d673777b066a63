// Saved requests: what a `.http` file says, what is expected, and how answers are held against it.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readHttpFile } from '../../../src/lifecycle/trial/httpFile';
import { savedRequests, trySaved } from '../../../src/lifecycle/trial/saved';
import { UserError } from '../../../src/system/userError';
import { fakeNode } from './fakeNode';

const FILE = `# Examples of the plugin.
@who = world
@path = /hello/{{who}}

### greets
# expect status 200
// expect header X-Hello: {{who}}
GET http://localhost:8000{{path}}
    ?a=1
    &b=2 HTTP/1.1
Accept: text/plain
# a comment between headers
apikey: {{$processEnv API_KEY}}

###
# @name creates
# expect status 2xx
# expect json $.items[0].name = "x"
# expect no json $.error
# expect no header x-debug
POST /items
Content-Type: application/json

{"name": "x",

"n": 1}


### by host
get https://api.example.com/x#part
`;

describe('a file of saved requests', () => {
  const { requests, problems } = readHttpFile(FILE, { API_KEY: 'from-the-environment' });

  it('holds requests with names, variables, headers and bodies', () => {
    assert.deepEqual(problems, []);
    assert.deepEqual(
      requests.map(({ name, line, request }) => ({ name, line, request })),
      [
        {
          name: 'greets',
          line: 7,
          request: {
            method: 'GET',
            path: '/hello/world?a=1&b=2',
            headers: { Accept: 'text/plain', apikey: 'from-the-environment' },
            body: null,
          },
        },
        {
          name: 'creates',
          line: 20,
          request: {
            method: 'POST',
            path: '/items',
            headers: { 'Content-Type': 'application/json' },
            body: '{"name": "x",\n\n"n": 1}',
          },
        },
        { name: 'by host', line: 29, request: { method: 'GET', path: '/x', headers: { Host: 'api.example.com' }, body: null } },
      ],
    );
  });

  it('reads line ends of Windows alike', () => {
    assert.deepEqual(
      readHttpFile(FILE.replaceAll('\n', '\r\n'), { API_KEY: 'from-the-environment' }).requests.map(({ request }) => request),
      requests.map(({ request }) => request),
    );
  });

  it('expects status, headers and places in JSON, and says what came instead', () => {
    const [greets, creates] = requests;
    const said = (of: typeof greets, status: number, headers: Record<string, string>, body: string): (string | undefined)[] =>
      (of?.expects ?? []).map(({ failure }) => failure({ status, headers, body }));
    assert.deepEqual(said(greets, 200, { 'x-hello': 'world' }, ''), [undefined, undefined]);
    assert.deepEqual(said(greets, 500, {}, ''), ['it is 500', 'there is none']);
    assert.deepEqual(said(greets, 200, { 'x-hello': 'you' }, ''), [undefined, 'it is you']);
    assert.deepEqual(said(creates, 201, {}, '{"items":[{"name":"x"}]}'), [undefined, undefined, undefined, undefined]);
    assert.deepEqual(said(creates, 301, { 'x-debug': '1' }, '{"items":[{"name":1}],"error":null}'), [
      'it is 301',
      'it is 1',
      'it is null',
      'it is 1',
    ]);
    assert.deepEqual(said(creates, 200, {}, '<html>')[1], 'the body is no JSON');
    assert.deepEqual(said(creates, 200, {}, '{"items":{"length":1}}')[1], 'there is none');
  });

  it('names what it cannot read, at its line', () => {
    for (const [text, line, message] of [
      ['# expect status ok\nGET /', 0, /cannot be read/],
      ['# expect constructor x\nGET /', 0, /cannot be read/],
      ['# expect json $.a = nothing\nGET /', 0, /cannot be read/],
      ['# expect status 200\n### next\nGET /', 0, /No request follows/],
      ['###\nGET /{{unknown}}', 1, /no variable unknown/],
      ['@a = {{b}}\n@b = {{a}}\nGET /{{a}}', 2, /stands for itself/],
      ['GET /\nno header', 0, /is no header/],
      ['POST /\n\n< ./body.json', 0, /not read/],
      ['GET /\n\n> {% client.test() %}', 0, /not run/],
      ['GET //example.com', 0, /no path/],
    ] as const) {
      const [problem] = readHttpFile(text, {}).problems;
      assert.ok(problem !== undefined, text);
      assert.equal(problem.line, line, text);
      assert.match(problem.message, message);
    }
  });
});

describe('saved requests as a smoke test', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-saved-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('are found below a folder, sent in order, and fail by what is not as expected', async () => {
    await mkdir(path.join(dir, 'examples'));
    await mkdir(path.join(dir, 'node_modules'));
    await writeFile(path.join(dir, 'node_modules/other.http'), 'GET /never\n');
    await writeFile(path.join(dir, 'examples/b.rest'), '# expect status 404\nGET /b\n');
    await writeFile(path.join(dir, 'a.http'), 'GET /a\n');
    const node = fakeNode({ running: true });
    const asked: string[] = [];
    node.proxy = () =>
      Promise.resolve(({ path: at }) => {
        asked.push(at);
        node.logText += `127.0.0.1 - - [22/Nov/2026:09:48:22 +0000] "GET ${at} HTTP/1.1" 200 12 "-" "-"\n`;
        return Promise.resolve({ status: 200, headers: {}, body: '' });
      });
    const outcomes = [];
    for await (const { saved, failures } of trySaved(node, await savedRequests(dir, {}), {}))
      outcomes.push([saved.name, failures]);
    assert.deepEqual(asked, ['/a', '/b']);
    assert.deepEqual(outcomes, [
      ['GET /a', []],
      ['GET /b', ['expected status 404, but it is 200']],
    ]);
  });

  it('that are none, or cannot be read, are wrong usage with the place', async () => {
    const isUsage = (pattern: RegExp) => (error: unknown) =>
      error instanceof UserError && error.exitCode === 2 && pattern.test(error.message);
    await assert.rejects(savedRequests(dir, {}), isUsage(/no saved request/));
    await assert.rejects(savedRequests(path.join(dir, 'none.http'), {}), isUsage(/it is not there/));
    await writeFile(path.join(dir, 'a.http'), '\n# expect nonsense\nGET /a\n');
    await assert.rejects(savedRequests(dir, {}), isUsage(/a\.http:2: /));
  });
});
