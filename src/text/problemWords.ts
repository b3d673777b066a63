// One problem in a line, the same wherever a list of them is shown: in a message, a tree, a card's head, a terminal.

/** A setting that leads to a problem, and where it is given; the declarative file counts as one. */
export interface SettingPlace {
  name: string;
  /** The file it stands in, and its one-based line; both null where no file gives it. */
  file: string | null;
  line: number | null;
  /** Whether that file lies on this machine, and not in a container. */
  here: boolean;
  /** The variable that gives it, where one does. */
  variable: string | null;
}

/** What is told of one problem. */
export interface ToldProblem {
  title: string;
  plugin: string | null;
  file: string | null;
  line: number | null;
  setting?: SettingPlace;
}

/** Over the words of a start that was not made. */
export const PREDICTED = 'A prediction, nothing was started. Kong would say:';

/** A problem as lists show it, with the place that a link opens. */
export interface ProblemLine {
  /** `The plugin is enabled but not installed (ghost)`. */
  words: string;
  /** A file, as an absolute path or as Kong names it, and its one-based line; null where neither is known. */
  place: { file: string; line: number } | null;
  /** Where the setting is given that leads there; null where that is not known. */
  setting: string | null;
}

/** Problems as a list, each once, in their order. */
export function problemLines(findings: readonly ToldProblem[]): ProblemLine[] {
  const lines = findings.map((problem): ProblemLine => ({
    words: problemWords(problem),
    place: placeOf(problem),
    setting: problem.setting === undefined ? null : settingWords(problem.setting),
  }));
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

/** What a problem is, and which plugin it is about. */
export function problemWords({ title, plugin }: Pick<ToldProblem, 'title' | 'plugin'>): string {
  return plugin === null || title.includes(plugin) ? title : `${title} (${plugin})`;
}

/** Where a problem is to be looked at: in its own file, or in the one that holds the setting which leads to it. */
export function placeOf({ file, line, setting }: ToldProblem): ProblemLine['place'] {
  return file === null ? placeOfSetting(setting) : { file, line: line ?? 1 };
}

/** The file on this machine that holds a setting, and its one-based line; null where none does. */
export function placeOfSetting(setting: SettingPlace | undefined): ProblemLine['place'] {
  if (setting === undefined || setting.file === null || !setting.here) return null;
  return { file: setting.file, line: setting.line ?? 1 };
}

/** Where a setting is given: `plugins in kong.conf, line 3`. */
export function settingWords({ name, file, line, here, variable }: SettingPlace): string {
  if (file === null) return variable === null ? `the default of ${name}` : `the variable ${variable}`;
  const base = file.split(/[\\/]/).at(-1) ?? file;
  const what = variable ?? name;
  // a declarative file is not given in itself
  const head = what === base ? base : `${what} in ${here ? base : file}`;
  return line === null ? head : `${head}, line ${line}`;
}
