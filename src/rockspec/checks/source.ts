// source: whether LuaRocks could fetch what it names.
import type { Fix } from '../../text/diagnostic';
import { LuaString, type Entry } from '../../lua/values';
import { editFix, editKey, editString } from '../edits';
import { located } from '../read';
import { VERSION_PATTERN } from '../../luarocks/versions';
import { luarocksAtLeast } from '../target';
import type { Check, CheckContext, Problem } from './context';

const DOWNLOADS = ['http', 'https', 'ftp', 'file'];
const REPOSITORIES = [
  'git',
  'git+file',
  'git+http',
  'git+https',
  'git+ssh',
  'hg',
  'hg+http',
  'hg+https',
  'hg+ssh',
  'svn',
  'cvs',
  'sscm',
];
const ARCHIVE = /\.(?:tar\.gz|tgz|tar\.bz2|zip|lua|c)$/;
const CODE_HOST = /^https?:\/\/(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)\/[^/?#]+\/[^/?#]+?\/?$/;

interface Url {
  entry: Entry;
  text: string;
  protocol: string;
}

/** The address, when it is a string; without `://` LuaRocks takes it for a file (dir.split_url). */
function urlOf({ rockspec }: CheckContext): Url | undefined {
  const entry = rockspec.sourceTable?.entry('url');
  if (!(entry?.value instanceof LuaString)) return undefined;
  const text = entry.value.text;
  return { entry, text, protocol: /^([^:]*):\/\//.exec(text)?.[1] ?? 'file' };
}

function urlFix(context: CheckContext, url: Url, text: string, safe = true): Fix[] {
  return url.entry.value instanceof LuaString
    ? editFix(`Write "${text}"`, context.rockspec.path, [editString(url.entry.value, text)], safe)
    : [];
}

export const SOURCE_CHECKS: readonly Check[] = [
  {
    code: 'rockspec/source-url',
    severity: 'error',
    enforcedBy: [],
    documentation:
      'LuaRocks fetches archives over http(s), ftp or from a file, and repositories with git+https:// and the like. `luarocks make` does not look at it; `luarocks install` of the rockspec and `luarocks pack` fail.',
    run: function* (context): Generator<Problem> {
      const url = urlOf(context);
      if (url === undefined) return;
      const range = context.valueRange(url.entry);
      const scp = /^[\w.-]+@([\w.-]+):(?!\/\/)\/*(.+)$/s.exec(url.text);
      if (scp !== null) {
        const fixed = `git+https://${scp[1] ?? ''}/${scp[2] ?? ''}`;
        yield {
          message: `LuaRocks takes "${url.text}" for a file name; write ${fixed}.`,
          range,
          fixes: urlFix(context, url, fixed),
        };
      } else if (![...DOWNLOADS, ...REPOSITORIES].includes(url.protocol)) {
        const fixed = url.protocol === 'ssh' ? url.text.replace(/^ssh:/, 'git+ssh:') : undefined;
        yield {
          message: `LuaRocks does not know the protocol "${url.protocol}".`,
          range,
          fixes: fixed === undefined ? [] : urlFix(context, url, fixed),
        };
      } else if (/^https?$/.test(url.protocol) && (url.text.endsWith('.git') || CODE_HOST.test(url.text))) {
        const fixed = `git+${url.text}`;
        yield {
          message: `This is a repository, not an archive: LuaRocks wants ${fixed}.`,
          range,
          fixes: urlFix(context, url, fixed),
        };
      } else if (url.protocol === 'git') yield* plainGit(context, url);
      else if (DOWNLOADS.includes(url.protocol)) yield* download(context, url);
    },
  },
  {
    code: 'rockspec/source-local',
    severity: 'info',
    enforcedBy: [],
    documentation: 'An address without a protocol is a file on the machine that installs. Others cannot fetch it.',
    run: function* (context): Generator<Problem> {
      const url = urlOf(context);
      if (url === undefined || url.text.includes('://') || /^[\w.-]+@[\w.-]+:/.test(url.text)) return;
      yield {
        message: `"${url.text}" is a file on this machine: nobody else can fetch the sources from there.`,
        range: context.valueRange(url.entry),
      };
    },
  },
  {
    code: 'rockspec/tag-and-branch',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'With both a tag and a branch LuaRocks takes the tag and ignores the branch.',
    run: function* (context): Generator<Problem> {
      const { tag, branch } = refs(context);
      if (tag === undefined || branch === undefined) return;
      yield { message: 'LuaRocks ignores source.branch, because there is a source.tag.', range: context.keyRange(branch) };
    },
  },
  {
    code: 'rockspec/branch-is-tag',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'A released version is a tag. As a branch the name works only while the program that clones takes either.',
    run: function* (context): Generator<Problem> {
      const { tag, branch } = refs(context);
      if (tag !== undefined || !(branch?.value instanceof LuaString)) return;
      const name = branch.value.text;
      const release = releaseOf(context);
      // A version such as master-0 or scm-1 is that of a branch.
      const looksLikeTag = /^v?\d+(?:\.\d+)+/.test(name) || (name === release && /^\d/.test(release));
      if (!looksLikeTag) return;
      yield {
        message: `"${name}" looks like a tag: say it in source.tag, not in source.branch.`,
        range: context.keyRange(branch),
        fixes: editFix('Rename branch to tag', context.rockspec.path, [editKey(branch, 'tag')], true),
      };
    },
  },
  {
    code: 'rockspec/tag-not-version',
    severity: 'warning',
    enforcedBy: [],
    documentation:
      'The tag names another version than the rockspec: installing this version would bring the sources of that one.',
    run: function* (context): Generator<Problem> {
      const { tag } = refs(context);
      const release = releaseOf(context);
      if (!(tag?.value instanceof LuaString) || release === undefined || !/^v?\d/.test(release)) return;
      const name = tag.value.text;
      const named = /(?<!\d)\d+(?:[._]\d+)+.*$/s.exec(name)?.[0];
      const plain = (text: string): string =>
        text
          .toLowerCase()
          .replace(/^v/, '')
          .replace(/[^a-z0-9]/g, '');
      if (named === undefined || plain(name).includes(plain(release)) || plain(named) === plain(release)) return;
      yield { message: `The tag "${name}" is not that of version ${release}.`, range: context.valueRange(tag) };
    },
  },
];

function refs({ rockspec }: CheckContext): { tag: Entry | undefined; branch: Entry | undefined } {
  const { sourceTable } = rockspec;
  return { tag: sourceTable?.entry('tag') ?? sourceTable?.entry('cvs_tag'), branch: sourceTable?.entry('branch') };
}

/** The version without its revision; undefined when it is no version. */
export function releaseOf({ rockspec }: CheckContext): string | undefined {
  const version = rockspec.version?.value ?? '';
  return VERSION_PATTERN.test(version) ? version.replace(/-\d+$/, '') : undefined;
}

function* plainGit(context: CheckContext, url: Url): Generator<Problem> {
  const github = /^git:\/\/(?:www\.)?github\.com\//.test(url.text);
  if (github && luarocksAtLeast(context.target.luarocks, '3.8.0')) return;
  const fixed = url.text.replace(/^git:/, 'git+https:');
  yield {
    message: github
      ? `GitHub no longer answers git://, and LuaRocks ${context.target.luarocks} does not know that; write ${fixed}.`
      : `git:// is neither encrypted nor served by most hosts any more; write ${fixed}.`,
    range: context.valueRange(url.entry),
    severity: github ? 'error' : 'warning',
    fixes: urlFix(context, url, fixed, github),
  };
}

function* download(context: CheckContext, url: Url): Generator<Problem> {
  const { sourceTable, source } = context.rockspec;
  const file = located(source, sourceTable?.entry('file'));
  const name = file?.value ?? url.text.split('/').at(-1) ?? '';
  if (ARCHIVE.test(name) || !url.text.includes('://')) return;
  yield {
    message: `LuaRocks cannot unpack "${name}": it knows .tar.gz, .tgz, .tar.bz2 and .zip, and single .lua and .c files.`,
    range: context.valueRange(url.entry),
  };
}
