// Changes of plugin settings in a kong.conf that can be taken back to the byte: what was there before is noted beside the receipts.
import { confEntryText, confValue, parseConf, setConfValue, withConfEntryText, withoutConfLine } from '../../kong/conf';
import { DEFAULT_PACKAGE_PATH } from '../../kong/packagePath';
import { DEFAULT_PLUGINS, enabledNames, pluginsMistake } from '../../kong/pluginsSetting';
import { sealed, unsealed } from '../state/seal';
import { workFolder } from '../state/workFolder';
import type { FileEdit } from '../plan/plan';
import type { NodeView } from '../state/view';

/** What a kong.conf was before we added to it. */
export interface ConfNote {
  /** There was no such file. */
  created: boolean;
  /** Its last line had no line break. */
  unfinished: boolean;
  /** The lines of settings as they were (null: there was none), and as we left them: when it is another by now, it is no longer ours. */
  settings: Record<string, { before: string | null; after: string }>;
}

/** What a change makes of a kong.conf. */
export interface ConfEdit {
  /** The new text; null when the file is to go. */
  text: string | null;
  /** What is to be known of it from now on; undefined when nothing is. */
  note: ConfNote | undefined;
  /** Whether the setting is no longer in the file, as before us. */
  takenOut: boolean;
}

/** How the values of settings that hold what we add are compared: by their entries. Kong's default is what a file without the setting has. */
const ENTRIES: Readonly<Record<string, (value: string | undefined) => readonly string[]>> = {
  plugins: (value = DEFAULT_PLUGINS) => {
    const { bundled, names } = enabledNames(value);
    return bundled ? ['bundled', ...names] : names;
  },
  // The built-in path, of which the default is a part, always follows.
  lua_package_path: (value = DEFAULT_PACKAGE_PATH) =>
    value
      .split(';')
      .map((pattern) => pattern.trim())
      .filter((pattern) => !DEFAULT_PACKAGE_PATH.split(';').includes(pattern)),
};

/**
 * A kong.conf (undefined: there is none) with a setting changed. As long as the value holds something that was not there before us, the old line is
 * kept in the note; when all of that is gone again, the old line is put back, and what we added is taken out.
 */
export function editConf(text: string | undefined, setting: string, value: string, note: ConfNote | undefined): ConfEdit {
  const plain = setConfValue(text ?? '', setting, value);
  const entries = ENTRIES[setting];
  if (entries === undefined) return { text: plain, note, takenOut: false };
  const { [setting]: known, ...others } = note?.settings ?? {};
  const now = text === undefined ? null : (confEntryText(text, setting) ?? null);
  const before = known?.after === now ? known.before : now;
  const valueBefore = before === null ? undefined : confValue(parseConf(before), setting);
  const was = entries(valueBefore);
  const is = entries(value);
  const isMistaken = setting === 'plugins' && valueBefore !== undefined && pluginsMistake(valueBefore) !== undefined;
  if (is.some((entry) => !was.includes(entry)) && !isMistaken) {
    const wasUnfinished = text !== undefined && /[^\n]$/.test(text);
    const unfinished = wasUnfinished && plain.startsWith(text) && /^\r?\n/.test(plain.slice(text.length));
    return {
      text: plain,
      note: {
        created: note?.created ?? text === undefined,
        unfinished: unfinished || note?.unfinished === true,
        settings: { ...others, [setting]: { before, after: confEntryText(plain, setting) ?? '' } },
      },
      takenOut: false,
    };
  }
  const rest = note === undefined || Object.keys(others).length === 0 ? undefined : { ...note, settings: others };
  if (text === undefined || known === undefined || isMistaken || was.some((entry) => !is.includes(entry)))
    return { text: plain, note: rest, takenOut: false };
  if (before !== null) return { text: withConfEntryText(text, setting, before), note: rest, takenOut: false };
  const without = withoutConfLine(text, setting);
  if (without === text) return { text: plain, note: rest, takenOut: false };
  const wasLast = text.startsWith(without);
  const whole = note?.unfinished === true && wasLast ? without.replace(/\r?\n$/, '') : without;
  return { text: whole === '' && note?.created === true ? null : whole, note: rest, takenOut: true };
}

/** Whether a value is what Kong has without the setting. */
export function isDefault(setting: string, value: string): boolean {
  const entries = ENTRIES[setting];
  return entries !== undefined && entries(value).join() === entries(undefined).join();
}

function notePath({ facts }: NodeView): string {
  return `${workFolder(facts.prefix)}/settings.json`;
}

/** The notes of a node by kong.conf. Pieces that a killed process left say nothing, nor does what somebody else wrote: a line of it would come into kong.conf. */
export async function readConfNotes(view: NodeView): Promise<Record<string, ConfNote>> {
  const read = await unsealed('settings', (await view.node.read(notePath(view)))?.toString('utf8'));
  return read?.ours === true ? (read.value as Record<string, ConfNote>) : {};
}

/** The edits that change a kong.conf and what is noted of it. */
export async function confFileEdits(
  view: NodeView,
  edit: ConfEdit,
  notes: Readonly<Record<string, ConfNote>>,
): Promise<FileEdit[]> {
  const { confPath } = view.facts;
  const { [confPath]: known, ...others } = notes;
  const left = edit.note === undefined ? others : { ...others, [confPath]: edit.note };
  const isEmpty = Object.keys(left).length === 0;
  const noted: FileEdit[] =
    known === undefined && edit.note === undefined
      ? []
      : [{ path: notePath(view), content: isEmpty ? null : await sealed('settings', left), mode: 0o600 }];
  return [
    ...noted,
    {
      path: confPath,
      content: edit.text === null ? null : Buffer.from(edit.text, 'latin1'),
      basedOn: view.confText === undefined ? undefined : Buffer.from(view.confText, 'latin1'),
    },
  ];
}
