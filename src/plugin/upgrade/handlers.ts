// What a handler still has of an older Kong: the class it extends, its calls of super, a PRIORITY and a VERSION that 3.0 wants otherwise.
import { isAtLeast } from '../../kong/versions';
import { requireCalls } from '../../lua/requires';
import { addPriorityAndVersion, BASE_CLASSES, plainTable } from '../sourceEdits/handler';
import { removeSuper } from '../sourceEdits/superCalls';
import { diagnosed, fileOf, type UpgradeContext, type UpgradeFinding } from './rule';

/** Handlers, and other files, that extend BasePlugin. */
export function* basePlugins({ code, version, rockVersion }: UpgradeContext): Iterable<UpgradeFinding> {
  if (!isAtLeast(version, '3.0')) return;
  for (const { source } of code) {
    const required = requireCalls(source).find(({ module }) => module !== undefined && BASE_CLASSES.includes(module));
    if (required === undefined) continue;
    const changes = plainTable(source, rockVersion);
    // What is left without changes is told as a module that went.
    if (changes.length === 0) continue;
    const message =
      'Kong 3.0 took BasePlugin away: the handler is a plain table, without extend(), new() and the calls of super.';
    yield { path: source.path ?? '', line: source.position(required.place.start).line, message, changes };
  }
}

/** Calls of super in a handler that extends nothing. */
export function* superLeft(context: UpgradeContext): Iterable<UpgradeFinding> {
  for (const { source } of context.code) {
    const line = diagnosed(context, source.path, ['kong/base-plugin-super-left']);
    if (line === undefined) continue;
    const message = 'super is nil in a plain table: the calls of it go.';
    yield { path: source.path ?? '', line, message, changes: removeSuper(source) };
  }
}

/** PRIORITY and VERSION as Kong 3.0 wants them. */
export function* identity(context: UpgradeContext): Iterable<UpgradeFinding> {
  const file = fileOf(context, 'handler');
  const line = diagnosed(context, file?.source.path, ['kong/handler-bad-priority', 'kong/handler-bad-version']);
  if (file === undefined || line === undefined) return;
  const message = 'From 3.0 on a handler has a whole number as its PRIORITY and a VERSION like "1.0.0".';
  yield { path: file.source.path ?? '', line, message, changes: addPriorityAndVersion(file.source, context.rockVersion) };
}
