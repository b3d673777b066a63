// A rock read into memory, ready to be put into a tree.
import type { FileContent } from './files';

/** A rock that can be installed by copying. */
export interface Rock {
  name: string;
  version: string;
  /** `all`, or the machine it was built for. */
  arch: string;
  /** Everything in it, under its paths in the rock; `deploysTo` is relative to a tree. */
  files: (FileContent & { deploysTo: string | undefined })[];
  /** Dependency strings of its rockspec. */
  dependencies: string[];
  /** The command its rockspec wants to be run after installing; we never run it. */
  postInstall: string | undefined;
  /** False when its rockspec wants the Lua scripts of `bin` as they are. */
  wrapBinScripts: boolean;
}
