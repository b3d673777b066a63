// What one entry of the error catalogue is: a problem that a plugin author meets, as data.
import type { RemedyKind } from '../remedyKinds';

/** The rung or the moment at which it shows. */
export type Stage =
  'package' | 'install' | 'enable' | 'load' | 'schema' | 'migrate' | 'start' | 'reload' | 'configure' | 'runtime' | 'remove';

/**
 * Where the words of a message must stand to mean it. Without one they may stand anywhere in Kong's own text.
 * `schema`: a leaf of a schema violation at load, written `key.path: message`; `admin`: the same in an answer of the Admin API;
 * `declarative`: the same in the declarative configuration; `load`: what `on plugin 'x':` says; `request`: an error of a request;
 * `cli`: what stands behind `Error:`; `log`: an error of a plugin's own file that the plugin itself logs.
 */
export type Where = 'schema' | 'admin' | 'declarative' | 'load' | 'request' | 'cli' | 'log';

/** One form of a message; see compile() in template.ts for the placeholders. */
export interface Message {
  text: string;
  /** The versions that print it, for people. */
  versions?: string;
  in?: Where;
  /** The cause, where this form tells more than the entry's own words. */
  means?: string;
  /** The remedies, where this form has others than the entry. */
  fixes?: RemedyKind[];
  /** Only when nothing more telling is said in the same place. */
  weak?: boolean;
  /** Only when the place that is named is a plugin's file, or a library's that is neither a plugin's nor Kong's, or when no file is named. */
  place?: 'plugin' | 'library' | 'none';
  /** Believed at levels below warn, too. */
  quiet?: boolean;
  /** Proves nothing by itself: shown in the documentation, never matched. */
  sign?: boolean;
}

/**
 * How much it decides: `stop` keeps Kong from starting, `break` breaks a running node, `request` breaks requests, `refuse` refuses one operation, `note` explains,
 * `unknown` is what nothing else explains.
 */
export type Weight = 'stop' | 'break' | 'request' | 'refuse' | 'note' | 'unknown';

/** A step, or one that holds only for some versions of Kong. */
export type Advice = string | { kong: string; text: string };

export interface CatalogueEntry {
  title: string;
  stage: Stage;
  weight: Weight;
  messages: Message[];
  /** Words that the reader adds to those of the messages: what ran, whose code it was. */
  tells?: string[];
  /** Prose may name what the message told: {plugin}, {file}, {module}, {setting} … */
  cause: string;
  steps: Advice[];
  fixes?: RemedyKind[];
  related?: string[];
  link: string;
  /** The same words can come from these, too. */
  alternatives?: { id: string; check: string }[];
}

/** Pages that the entries point to; each is a page of Kong/developer.konghq.com (as of August 2026) or of the repository it names. */
export const LINKS = {
  install: 'https://developer.konghq.com/custom-plugins/installation-and-distribution/',
  handler: 'https://developer.konghq.com/custom-plugins/handler.lua/',
  schema: 'https://developer.konghq.com/custom-plugins/schema.lua/',
  daos: 'https://developer.konghq.com/custom-plugins/daos.lua/',
  api: 'https://developer.konghq.com/custom-plugins/api.lua/',
  pdk: 'https://developer.konghq.com/gateway/pdk/reference/',
  configuration: 'https://developer.konghq.com/gateway/configuration/',
  cli: 'https://developer.konghq.com/gateway/cli/reference/',
  dbless: 'https://developer.konghq.com/gateway/db-less-mode/',
  hybrid: 'https://developer.konghq.com/gateway/hybrid-mode/',
  adminApi: 'https://developer.konghq.com/api/gateway/admin-ee/',
  external: 'https://developer.konghq.com/custom-plugins/go/',
  luarocks: 'https://github.com/luarocks/luarocks/blob/main/docs/rockspec_format.md',
  luarocksCli: 'https://github.com/luarocks/luarocks/blob/main/docs/luarocks.md',
  pongo: 'https://github.com/Kong/kong-pongo',
} as const;

export type EntryTable = Readonly<Record<string, CatalogueEntry>>;
