// Which value a setting has on a node, and who says so: arguments, then KONG_* variables, then the file, then Kong's default.
import { confValue, type Conf } from './conf';
import { directiveFor } from './directives';

export type SettingSource = 'argument' | 'environment' | 'file' | 'default';

/** One setting as a start of Kong would see it. */
export interface Setting {
  value: string;
  from: SettingSource;
}

/** What a start of Kong reads its settings from. */
export interface SettingSources {
  arguments?: Readonly<Record<string, string>>;
  environment: Readonly<Record<string, string>>;
  file: Conf | undefined;
}

/** The variable that overrides a setting: always `KONG_` and the name in capitals. */
export function environmentName(setting: string): string {
  return `KONG_${setting.toUpperCase()}`;
}

/** The effective value (kong/conf_loader/parse.lua@3.9.1, overrides); the default is empty for settings without one. */
export function effectiveSetting(sources: SettingSources, name: string): Setting {
  const given = sources.arguments?.[name];
  if (given !== undefined) return { value: given, from: 'argument' };
  const variable = sources.environment[environmentName(name)];
  if (variable !== undefined) return { value: variable.trim(), from: 'environment' };
  const line = sources.file === undefined ? undefined : confValue(sources.file, name);
  if (line !== undefined) return { value: line, from: 'file' };
  return { value: directiveFor(name)?.default ?? '', from: 'default' };
}
