// The global `kong` as definitions for the Lua language server (LuaLS, https://luals.github.io/wiki/annotations): what a Kong of one version has.
import { pdkFields, pdkFunctions, pdkPhases, type PdkFunction, type PdkParameter } from './pdk';
import type { KongVersion } from '../versions';

/** The first line of every file that is generated: whoever writes again knows its own. */
export const GENERATED = '---@meta _';

/** The folder of a project for definitions, unless another one is named. */
export const TYPES_FOLDER = '.kong-types';

/** The text of a definition file with every function and field of `kong` that a Kong of that version has, and no other. */
export function pdkDefinitions(version: KongVersion): string {
  const functions = pdkFunctions(version);
  const fields = pdkFields(version);
  const tables = tablesOf([...functions, ...fields].map(({ name }) => name));
  const parts = tables.map((table) => {
    const called = functions.find(({ name }) => name === table);
    return [
      ...(called === undefined ? [] : commented(describe(called, version))),
      `---@class ${table}`,
      ...(called === undefined ? [] : [`---@overload fun(${called.parameters.map(argument).join(', ')})${returned(called)}`]),
      ...fields
        .filter(({ name }) => parentOf(name) === table && !tables.includes(name))
        .map(({ name, type, doc }) => `---@field ${lastOf(name)} ${type} ${doc}`),
      ...(fields.some(({ name, open }) => open && name === table) ? ['---@field [string] any'] : []),
      `${table} = {}`,
    ].join('\n');
  });
  const written = functions
    .filter(({ name }) => !tables.includes(name))
    .map((entry) =>
      [
        ...commented(describe(entry, version)),
        ...entry.parameters.map(
          ({ name, optional, type }) => `---@param ${name === '...' ? '...' : `${name}${optional ? '?' : ''}`} ${luaType(type)}`,
        ),
        ...entry.returns.map((type) => `---@return ${luaType(type)}`),
        `function ${entry.name}(${entry.parameters.map(({ name }) => name).join(', ')}) end`,
      ].join('\n'),
    );
  return `${GENERATED}\n-- The plugin development kit of Kong ${version.text}. Written by kong-plugin types: write it again rather than change it.\n\n${[...parts, ...written].join('\n\n')}\n`;
}

/** Every table that something stands in, from `kong` down. */
function tablesOf(names: readonly string[]): string[] {
  const tables = new Set(['kong']);
  for (const name of names) {
    for (let at = parentOf(name); at !== ''; at = parentOf(at)) tables.add(at);
  }
  return [...tables].sort();
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.search(/[.:][^.:]+$/)));
}

function lastOf(name: string): string {
  return name.slice(parentOf(name).length + 1);
}

function describe({ name, doc, internal, since }: PdkFunction, version: KongVersion): string[] {
  const phases = pdkPhases(name, version);
  return [
    doc,
    ...(internal ? ['Not meant for plugins.'] : []),
    phases === undefined ? 'Phases: any.' : `Phases: ${[...phases].join(', ')}.`,
    `Since Kong ${since}.`,
  ];
}

function commented(lines: readonly string[]): string[] {
  return lines.map((line) => `---${line}`);
}

function argument({ name, optional, type }: PdkParameter): string {
  return name === '...' ? '...: any' : `${name}${optional ? '?' : ''}: ${luaType(type)}`;
}

function returned({ returns }: PdkFunction): string {
  return returns.length === 0 ? '' : `: ${returns.map(luaType).join(', ')}`;
}

function luaType(type: string): string {
  return type.replace(/\bcdata\b/g, 'ffi.cdata*');
}
