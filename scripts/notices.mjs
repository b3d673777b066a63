// What of others is in the bundles: their licences in full, and a bill of materials (CycloneDX 1.6), both made from what esbuild put in.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const LICENCE_FILE = /^(?:licen[cs]e|copying)(?:[.-](?:md|txt|mit|isc|apache2?))?$/i;

/** Licences that are given by their address, with whose work it is: CC BY 3.0 asks for just that (4a, 4b), CC0 for nothing. */
const BY_ADDRESS = new Map([
  ['CC0-1.0', 'https://creativecommons.org/publicdomain/zero/1.0/legalcode'],
  ['CC-BY-3.0', 'https://creativecommons.org/licenses/by/3.0/legalcode'],
]);

/** @typedef {{ name: string, version: string, license: string, text: string }} Bundled */

/**
 * The packages that files of a bundle come from, each version once, in the order of their names. Rejects when one does not say its licence or does not bring its text:
 * such a package may not be given on.
 * @param {string} root the folder that the inputs are relative to
 * @param {Iterable<string>} inputs the files of the bundles, as esbuild's metafile names them
 * @returns {Promise<Bundled[]>}
 */
export async function bundledPackages(root, inputs) {
  /** @type {Set<string>} */
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const packages = await Promise.all([...folders].map((folder) => readPackage(path.join(root, folder))));
  const once = new Map(packages.map((one) => [`${one.name}@${one.version}`, one]));
  return [...once.values()].sort((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1));
}

/**
 * @param {string} folder
 * @returns {Promise<Bundled>}
 */
async function readPackage(folder) {
  /** @typedef {string | { name: string }} Person */
  /** @type {{ name?: string, version?: string, license?: string, author?: Person, contributors?: Person[] }} */
  const about = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const { name = folder, version = '', license, author, contributors = [] } = about;
  if (typeof license !== 'string' || license === '') throw new Error(`${name} is in a bundle and does not say its licence.`);
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  if (files.length > 0) {
    const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
    return { name, version, license, text: texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n') };
  }
  const address = BY_ADDRESS.get(license);
  const people = [...(author === undefined ? [] : [author]), ...contributors].map((one) =>
    typeof one === 'string' ? one : one.name,
  );
  if (address === undefined || people.length === 0)
    throw new Error(`${name} is in a bundle and does not bring the text of its licence (${license}).`);
  return { name, version, license, text: `By ${people.join(', ')}. The licence: ${address}` };
}

/**
 * @param {readonly Bundled[]} packages
 * @returns {string}
 */
export function noticesText(packages) {
  const head = `This product contains code of ${packages.length} other packages. Their licences:\n`;
  const rule = '-'.repeat(80);
  return [
    head,
    ...packages.map(({ name, version, license, text }) => `${rule}\n${name} ${version} (${license})\n\n${text}\n`),
  ].join('\n');
}

/**
 * A bill of materials; the same packages always make the same document.
 * @param {{ name: string, version: string, license: string }} own
 * @param {readonly Bundled[]} packages
 * @returns {string}
 */
export function billOfMaterials(own, packages) {
  /** @param {{ name: string, version: string, license: string }} one */
  const component = ({ name, version, license }) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    const licence = /^[\w.+-]+$/.test(license) ? { license: { id: license } } : { expression: license };
    return { 'bom-ref': purl, name, version, purl, licenses: [licence] };
  };
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', ...component(own) } },
    components: packages.map((one) => ({ type: 'library', ...component(one) })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
