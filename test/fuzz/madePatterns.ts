// Growing inputs that are more than a piece over and over: archives with more and more members, sessions with more and more words.
import { gzipSync } from 'node:zlib';
import { tarOf, zipOf, type TarMember, type ZipMember } from '../unit/archive/hostile';
import type { Kind } from './entries';
import { rows, type Pattern } from './grown';

/** About what a member costs in each format, in bytes. */
const ZIP_MEMBER = 150;
const TAR_MEMBER = 1024;

const many = <T>(length: number, one: (i: number) => T): T[] =>
  Array.from({ length: Math.max(1, Math.floor(length)) }, (_, i) => one(i));
const zips = (one: (i: number, length: number) => ZipMember) => (length: number) =>
  zipOf(many(length / ZIP_MEMBER, (i) => one(i, length)));
const tars = (one: (i: number, length: number) => TarMember) => (length: number) =>
  tarOf(many(length / TAR_MEMBER, (i) => one(i, length)));

const MADE: Readonly<Record<string, (length: number) => Buffer>> = {
  'members of a zip': zips((i) => ({ path: `kong/plugins/p${i}/handler.lua`, content: 'return {}' })),
  'one member of a zip again and again': zips(() => ({ path: 'kong/plugins/p/handler.lua' })),
  'members of a zip in ever deeper folders': zips((i) => ({ path: `${'a/'.repeat(i % 100)}${i}` })),
  'members of a zip that differ in case': zips((i) => ({ path: i % 2 === 0 ? `x${i >> 1}` : `X${i >> 1}` })),
  'a deflated member': (length) => zipOf([{ path: 'rock_manifest', content: 'x = { } '.repeat(length / 8), deflate: true }]),
  'a manifest of files': (length) =>
    zipOf([
      {
        path: 'rock_manifest',
        content: `rock_manifest = { lua = {${many(length / 40, (i) => `["m${i}.lua"] = "d41d8cd98f00b204e9800998ecf8427e",`).join('')}} }`,
      },
    ]),
  'a long name': (length) => zipOf([{ path: 'a'.repeat(Math.min(60_000, length)) }]),
  'members of a tar': tars((i) => ({ path: `demo-1/kong/plugins/p${i}/handler.lua`, content: 'return {}' })),
  'one member of a tar again and again': tars(() => ({ path: 'demo-1/kong/plugins/p/handler.lua' })),
  'links of a tar, each to the one before': tars((i) => ({ path: `a${i}`, type: 'SymbolicLink', linkpath: `a${i - 1}` })),
  'zeros in a gzip': (length) => gzipSync(Buffer.alloc(length)),
  'a large file in a tar': (length) => tarOf([{ path: 'a/x.lua', content: '-- x\n'.repeat(length / 5) }]),
};

const archives = (of: (length: number) => Buffer, kinds: readonly Kind[]): Pick<Pattern, 'kinds' | 'of'> => ({
  kinds,
  of: (length) => of(length).toString('latin1'),
});

/** Every archive and session that grows; a new one is a row. */
export const MADE_PATTERNS: readonly Pattern[] = [
  ...Object.entries(MADE).map(([name, of]) => ({ name, ...archives(of, ['archive']) })),
  ...rows(['archive'], {
    'ends of zips': ['PK\x05\x06'],
    'directories of zips': ['PK\x01\x02'],
    'heads of members': ['PK\x03\x04'],
    'heads of gzips': ['\x1f\x8b\x08'],
    NULs: ['\0'],
  }),
  ...rows(['session'], {
    'letters typed': ['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx ', 'handler '],
    'lines typed': ['local_aaaaaaaaaaaaaaaaaaa_=_1\\n ', 'handler ', 'complete'],
    'lines typed into a rockspec': ['xxxxxxxxxxxxxxxxxxxxxxxx_=_1\\n ', 'rockspec ', 'complete'],
    'files opened and closed': ['handler close handler close x x ', 'rockspec '],
  }),
];
