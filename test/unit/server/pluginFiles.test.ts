// Diagnostics of a plugin's Lua files: what Kong's loader would say to them.
import assert from 'node:assert/strict';
import { startClient, type TestClient } from './client';
import { createProject, PLUGIN_FILES, ROCKSPEC, ROCKSPEC_NAME, type Project } from './project';

const HANDLER = 'kong/plugins/demo/handler.lua';
const SCHEMA = 'kong/plugins/demo/schema.lua';
const OTHER_ROCKSPEC = `package = "kong-plugin-other"
version = "0.1.0-1"
source = { url = "git+https://example.com/other.git" }
build = { type = "builtin", modules = {
  ["kong.plugins.other.handler"] = "kong/plugins/other/handler.lua",
  ["kong.plugins.other.shared"] = "kong/plugins/other/shared.lua",
} }
`;

describe('server: plugin files', () => {
  let project: Project;
  let client: TestClient;

  beforeEach(async () => {
    project = await createProject({
      ...PLUGIN_FILES,
      'spec/helper.lua': 'local = 1\n',
      'other/kong/plugins/other/handler.lua': 'return { PRIORITY = 10, VERSION = "0.1.0" }\n',
      'other/kong/plugins/other/shared.lua': 'return 10\n',
    });
    client = await startClient({ folders: [project.uri('')] });
  });

  afterEach(async () => {
    client.dispose();
    await project.remove();
  });

  it('that load have no diagnostics', async () => {
    for (const file of [HANDLER, SCHEMA]) {
      await client.open(project.uri(file), PLUGIN_FILES[file] ?? '', 'lua');
      assert.deepEqual((await client.waitForDiagnostics(project.uri(file), () => true)).diagnostics, []);
    }
  });

  it('show what Kong would say, at the line', async () => {
    const uri = project.uri(SCHEMA);
    await client.open(
      uri,
      'return {\n  name = "demo",\n  fields = {\n    { config = { type = "recrod", fields = {} } },\n  },\n}\n',
      'lua',
    );
    const { diagnostics } = await client.waitForDiagnostics(uri, (params) => params.diagnostics.length > 0);
    assert.equal(diagnostics[0]?.severity, 1);
    assert.match(diagnostics[0].source ?? '', /Kong/);
    assert.equal(diagnostics[0].range.start.line, 3);
  });

  it('may require those of another plugin of the workspace whose rock theirs depends on', async () => {
    await project.write('other/kong-plugin-other-0.1.0-1.rockspec', OTHER_ROCKSPEC);
    await project.write(ROCKSPEC_NAME, ROCKSPEC.replace('dependencies = {', 'dependencies = { "kong-plugin-other",'));
    const uri = project.uri(HANDLER);
    const handler = (module: string): string => `return { PRIORITY = require "kong.plugins.${module}", VERSION = "0.1.0" }\n`;
    await client.open(uri, handler('absent.shared'), 'lua');
    await client.waitForDiagnostics(uri, ({ diagnostics }) => diagnostics.length > 0);
    await client.change(uri, 2, handler('other.shared'));
    assert.deepEqual((await client.waitForDiagnostics(uri, ({ diagnostics }) => diagnostics.length === 0)).diagnostics, []);
  });

  it('follow edits of each other', async () => {
    await client.open(
      project.uri(HANDLER),
      'require "kong.plugins.demo.schema"\nreturn { PRIORITY = 1, VERSION = "0.1.0" }\n',
      'lua',
    );
    await client.waitForDiagnostics(project.uri(HANDLER), (params) => params.diagnostics.length === 0);
    await client.open(project.uri(SCHEMA), 'return { = }\n', 'lua');
    await client.waitForDiagnostics(project.uri(SCHEMA), (params) => params.diagnostics.length > 0);
    await client.waitForDiagnostics(project.uri(HANDLER), (params) => params.diagnostics.length > 0);
  });

  it('follow a module that comes to be on disk', async () => {
    const handler = 'require "kong.plugins.demo.more"\nreturn { PRIORITY = 1, VERSION = "0.1.0" }\n';
    await client.open(project.uri(HANDLER), handler, 'lua');
    await client.waitForDiagnostics(project.uri(HANDLER), (params) => params.diagnostics.length > 0);
    const since = client.published.length;
    await project.write('kong/plugins/demo/more.lua', 'return {}\n');
    const listed = ROCKSPEC.replace('modules = {', 'modules = {\n    ["kong.plugins.demo.more"] = "kong/plugins/demo/more.lua",');
    await project.write(ROCKSPEC_NAME, listed);
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [
        { uri: project.uri('kong/plugins/demo/more.lua'), type: 1 },
        { uri: project.uri(ROCKSPEC_NAME), type: 2 },
      ],
    });
    await client.waitForDiagnostics(project.uri(HANDLER), (params) => params.diagnostics.length === 0, since);
  });

  it('that belong to no plugin have none', async () => {
    const uri = project.uri('spec/helper.lua');
    await client.open(uri, 'local = 1\n', 'lua');
    assert.deepEqual((await client.waitForDiagnostics(uri, () => true)).diagnostics, []);
  });
});
