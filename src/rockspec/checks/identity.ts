// Name, version, licence and file name: what LuaRocks holds against each other.
import { basename, dirname, join } from 'node:path';
import spdxCorrect from 'spdx-correct';
import spdxParse from 'spdx-expression-parse';
import { count } from '../../text/count';
import type { Fix } from '../../text/diagnostic';
import { LuaString, LuaTable } from '../../lua/values';
import { editFix, editString, fileChanges, type PlacedEdit } from '../edits';
import { VERSION_PATTERN, wellFormedVersion } from '../../luarocks/versions';
import type { Check, CheckContext, Problem } from './context';
import { handlerVersion, namesRelease } from './handler';
import { enforcement, LOADING } from './load';

export const IDENTITY_CHECKS: readonly Check[] = [
  {
    code: 'rockspec/version-pattern',
    severity: 'error',
    enforcedBy: LOADING,
    documentation:
      'A version is letters, digits and dots, a dash and the revision: "1.2.0-1". A semantic pre-release "1.2.0-rc.1" is written "1.2.0rc1-1".',
    run: function* (context): Generator<Problem> {
      for (const problem of context.schemaProblems) {
        if (problem.kind !== 'pattern' || problem.path[0] !== 'version') continue;
        const { version } = context.rockspec;
        const written = version?.value ?? '';
        const fixed = wellFormedVersion(written);
        yield {
          message: `The version "${written}" is not letters, digits and dots, a dash and a revision${fixed === undefined ? '' : `, like "${fixed}"`}.`,
          range: context.valueRange(problem.entry),
          ...enforcement(problem),
          fixes: fixed === undefined ? [] : versionFix(context, fixed),
        };
      }
    },
  },
  {
    code: 'rockspec/package-name',
    severity: 'error',
    enforcedBy: LOADING,
    documentation:
      'LuaRocks crashes on a slash in the name of a package, and takes a file name that begins with a dash for an option.',
    run: function* (context): Generator<Problem> {
      const name = context.rockspec.package;
      if (name === undefined) return;
      if (name.value.includes('/'))
        yield { message: `LuaRocks crashes on the "/" in the package name "${name.value}".`, range: name.range };
      else if (name.value === '' || basename(context.rockspec.path).startsWith('-')) {
        yield { message: 'The package has no name that a file name could begin with.', range: name.range };
      }
    },
  },
  {
    code: 'rockspec/file-name',
    severity: 'error',
    enforcedBy: LOADING,
    documentation: 'A rockspec is called name-version-revision.rockspec, or just rockspec.',
    run: function* (context): Generator<Problem> {
      const file = basename(context.rockspec.path);
      if (file === 'rockspec' || /^.*-[^-]*-\d*/s.test(file)) return;
      const wanted = expectedName(context);
      yield {
        message: `The file must be called name-version-revision.rockspec${wanted === undefined ? '' : `, here ${wanted}`}.`,
        range: context.fieldRange('package'),
        fixes: wanted === undefined ? [] : [renameFix(context, wanted)],
      };
    },
  },
  {
    code: 'rockspec/file-name-mismatch',
    severity: 'error',
    enforcedBy: LOADING,
    documentation:
      'The file name must be the package in lower case, a dash and the version: LuaRocks compares it with the contents.',
    run: function* (context): Generator<Problem> {
      const file = basename(context.rockspec.path);
      const wanted = expectedName(context);
      const { package: name, version } = context.rockspec;
      if (wanted === undefined || name === undefined || version === undefined) return;
      if (file === 'rockspec' || file === wanted || !/^.*-[^-]*-\d*/s.test(file)) return;
      const [, fileName, fileVersion = ''] = /^(.*)-([^-]+-\d+)\.rockspec$/s.exec(file) ?? [];
      const nameDiffers = fileName !== lowerName(name.value);
      const fields = nameDiffers ? [] : fieldFix(context, fileVersion);
      yield {
        message: `The file is called ${file}, but its contents say ${wanted}.`,
        range: nameDiffers ? name.range : version.range,
        fixes: [renameFix(context, wanted), ...fields],
      };
    },
  },
  {
    code: 'rockspec/license-missing',
    severity: 'error',
    enforcedBy: ['luarocks-lint'],
    documentation:
      '`luarocks lint` and luarocks.org want description.license; the best value is an SPDX identifier such as "Apache-2.0".',
    run: function* (context): Generator<Problem> {
      const { merged } = context.rockspec;
      const description = merged.get('description');
      if (!context.complete || (description !== undefined && !(description instanceof LuaTable))) return;
      const license = description?.get('license');
      if (description?.open === true || license !== undefined) return;
      yield { message: 'description.license is missing.', range: context.fieldRange('description') };
    },
  },
  {
    code: 'rockspec/license-unknown',
    severity: 'warning',
    enforcedBy: [],
    documentation:
      'Tools that look at licences understand SPDX identifiers and expressions, such as "Apache-2.0" or "MIT OR GPL-3.0-only".',
    run: function* (context): Generator<Problem> {
      const entry = context.rockspec.description?.entry('license');
      if (!(entry?.value instanceof LuaString)) return;
      const written = entry.value.text;
      if (written.length > MOST_OF_LICENSE) {
        yield {
          message: `A licence of ${count(written.length, 'character')} is not looked at: name it by an SPDX expression of at most ${MOST_OF_LICENSE}.`,
          range: context.valueRange(entry),
        };
        return;
      }
      if (isLicense(written)) return;
      const meant = meantLicense(written);
      yield {
        message:
          written.trim() === ''
            ? 'The licence is empty.'
            : `"${written}" is not an SPDX licence${meant === undefined ? '' : `; did you mean "${meant}"?`}${meant === undefined ? '; for one of your own write "LicenseRef-…".' : ''}`,
        range: context.valueRange(entry),
        ...(meant === undefined && written.trim() !== '' ? { severity: 'info' } : {}),
        fixes:
          meant === undefined ? [] : editFix(`Write "${meant}"`, context.rockspec.path, [editString(entry.value, meant)], true),
      };
    },
  },
];

/** No expression of licences is longer, in characters; what is longer is a text. */
const MOST_OF_LICENSE = 1000;

function isLicense(text: string): boolean {
  try {
    spdxParse(text);
    return true;
  } catch {
    // The library says no by throwing.
    return false;
  }
}

/** Words that say which of the common licences is meant, and nothing else. */
const LICENSE_WORDS = new Set(
  'the apache mit x x11 expat isc bsd mpl mozilla public license licence licenses version v v1 v2 v3 v1.1 v2.0 v3.0 1 1.1 2 2.0 3 3.0 clause 2-clause 3-clause asl apache2 apache-2 apache-2.0 apache2.0 apachev2 bsd-2 bsd-3 mit-x11'.split(
    ' ',
  ),
);

/** The SPDX identifier of a licence written another way; undefined when several could be meant, or more is said than that. */
function meantLicense(text: string): string | undefined {
  const words = text
    .toLowerCase()
    .replace(/<https?:[^>]*>|\(https?:[^)]*\)/g, '')
    .split(/[\s,;/()"]+/)
    .filter((word) => word !== '');
  const vague = words.length === 1 && /^(?:bsd|apache|asl|mpl|mozilla)$/.test(words[0] ?? '');
  if (words.length === 0 || vague || !words.every((word) => LICENSE_WORDS.has(word))) return undefined;
  return spdxCorrect(text, { upgrade: false }) ?? undefined;
}

function lowerName(name: string): string {
  return name.replace(/[A-Z]+/g, (part) => part.toLowerCase());
}

/** The file name that the contents ask for; undefined when name or version are not good enough to say. */
function expectedName({ rockspec }: CheckContext): string | undefined {
  const { package: name, version } = rockspec;
  if (name === undefined || version === undefined || name.value.includes('/') || !VERSION_PATTERN.test(version.string.value))
    return undefined;
  return `${lowerName(name.value)}-${version.value}.rockspec`;
}

function renameFix({ rockspec }: CheckContext, name: string): Fix {
  return {
    title: `Rename the file to ${name}`,
    changes: [{ kind: 'rename', path: rockspec.path, to: join(dirname(rockspec.path), name) }],
    safe: false,
  };
}

/** Changes the version to the file's, unless the handler says that the file's name is wrong. */
function fieldFix({ rockspec, handlers }: CheckContext, version: string): Fix[] {
  const releases = handlers.flatMap(({ text, path }) => handlerVersion(text, path)?.value ?? []);
  if (releases.some((release) => !namesRelease(release, version.replace(/-\d+$/, '')))) return [];
  const edit = rockspec.version && VERSION_PATTERN.test(version) ? editString(rockspec.version.string, version) : undefined;
  return edit === undefined
    ? []
    : [{ title: `Change the version to ${version}`, changes: fileChanges(rockspec.path, [edit]), safe: false }];
}

/** Changes the version, and the file name with it when it followed the old one. */
function versionFix({ rockspec }: CheckContext, version: string): Fix[] {
  const edit: PlacedEdit | undefined = rockspec.version && editString(rockspec.version.string, version);
  const name = rockspec.package;
  if (edit === undefined) return [];
  const changes = fileChanges(rockspec.path, [edit]);
  const wanted = name === undefined ? undefined : `${lowerName(name.value)}-${version}.rockspec`;
  const file = basename(rockspec.path);
  if (wanted !== undefined && file !== 'rockspec' && file !== wanted) {
    changes.push({ kind: 'rename', path: rockspec.path, to: join(dirname(rockspec.path), wanted) });
  }
  return [{ title: `Write "${version}"`, changes, safe: false }];
}
