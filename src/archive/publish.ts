// Publishing through the person's own `luarocks upload`. The API key travels in a file that only this user can read, never in arguments.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { runProcess } from '../system/process';
import { UserError } from '../system/userError';
import { hasErrors } from '../luarocks/problem';
import { writeAssignments } from '../luarocks/writeData';
import { bytesOrNone, luarocksUpload, type PublishOptions, type PublishPlan } from './publishPlan';

const UPLOAD_TIMEOUT_MS = 10 * 60_000;

/**
 * Uploads what was planned and returns what LuaRocks said. Call it only after an explicit yes.
 * Throws UserError when the plan has errors, or with LuaRocks' own words when it fails.
 */
export async function publish(plan: PublishPlan, options: PublishOptions = {}): Promise<string> {
  if (hasErrors(plan.problems)) throw new UserError('There are errors; nothing was published.');
  const luarocks = await luarocksUpload(options);
  if (luarocks === undefined) throw new UserError('Publishing takes LuaRocks, which does not run.', { exitCode: 3 });
  const folder = await mkdtemp(join(tmpdir(), 'kong-plugin-publish-'));
  try {
    const env = { ...options.env, ...(await privateConfig(folder, luarocks.config, plan, options.apiKey)) };
    const { code, stdout, stderr, timedOut } = await runProcess({
      command: 'luarocks',
      args: ['upload', basename(plan.rockspec)],
      cwd: dirname(plan.rockspec),
      env,
      timeout: UPLOAD_TIMEOUT_MS,
      ...(options.signal && { signal: options.signal }),
    });
    const said = hide(`${stdout.toString()}${stderr.toString()}`.trim(), options.apiKey);
    if (code !== 0)
      throw new UserError(`LuaRocks could not publish ${basename(plan.rockspec)}${timedOut ? ' in ten minutes' : ''}:\n${said}`);
    return said;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** LuaRocks looks for the key beside its configuration file: with a key of ours it gets a private copy of the one and a file for the other. */
async function privateConfig(
  folder: string,
  config: string,
  { server }: PublishPlan,
  apiKey: string | undefined,
): Promise<Record<string, string>> {
  if (apiKey === undefined) return {};
  const copy = join(folder, 'config.lua');
  await writeFile(copy, await bytesOrNone(config), { mode: 0o600 });
  await writeFile(
    join(folder, 'upload_config.lua'),
    writeAssignments(
      new Map([
        ['key', apiKey],
        ['server', server],
      ]),
    ),
    { mode: 0o600 },
  );
  return { LUAROCKS_CONFIG: copy, LUAROCKS_CONFIG_5_1: copy };
}

function hide(text: string, secret: string | undefined): string {
  return secret === undefined || secret === '' ? text : text.replaceAll(secret, '***');
}
