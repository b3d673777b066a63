// What a file of src/extension/commands offers to the editor.
import type { Services } from './services';

/** A command: what it was run on (a tree row, a file, options of a key binding, or nothing) comes as the first argument. */
export type CommandHandler = (services: Services, argument?: unknown, more?: unknown) => Promise<void>;
