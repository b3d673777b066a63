// What the troubleshooter concludes from a log: the type that the reader returns and every face shows.

/** One problem named in a log. The shape is that of `kong-plugin diagnose --format json`. */
export interface Finding {
  /** Id of the catalogue's entry, for example `no-configuration-schema`. */
  id: string;
  plugin: string | null;
  /** Lua module it is about, for example `kong.plugins.x.handler`. */
  module: string | null;
  /** `kong/plugins/x/handler.lua`, or the workspace path when a plugin folder is known. */
  file: string | null;
  /** As Kong printed it: one-based. */
  line: number | null;
  title: string;
  cause: string;
  steps: string[];
  /** The decisive lines of the input, one-based. */
  evidence: { line: number; text: string }[];
}
