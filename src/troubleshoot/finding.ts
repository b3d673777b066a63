// What the troubleshooter concludes from a log: the type that the reader returns and every face shows.
import type { SettingPlace } from '../text/problemWords';
import type { EntryId } from './catalogue';
import type { RemedyKind } from './remedyKinds';

/** Another problem that Kong would have reported with the same words, and what tells the two apart. */
export interface Alternative {
  id: EntryId;
  title: string;
  check: string;
}

/** One problem named in a log. The shape is that of `kong-plugin diagnose --format json`. */
export interface Finding {
  /** The catalogue's entry, for example `no-configuration-schema`. */
  id: EntryId;
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
  /** The decisive lines of the input, one-based; secrets are masked. Of a prediction, what Kong would say. */
  evidence: { line: number; text: string }[];
  /** Remedies that can be carried out mechanically, the likeliest first. */
  fixes?: RemedyKind[];
  /** What else the same words can mean. */
  alternatives?: Alternative[];
  /** The page of the documentation that explains it. */
  link?: string;
  /** Words of the message that a remedy needs: the missing module, the setting, the port … */
  details?: Record<string, string>;
  /** Nothing was started: a start is known to end so. No log holds the evidence. */
  predicted?: true;
  /** The setting that leads there, of a prediction. */
  setting?: SettingPlace;
}
