// Steps that change what a start of Kong reads: the plugins list and lua_package_path, in the place that decides on this node.
import { setEnvValue } from '../../kong/envFile';
import { environmentName } from '../../kong/settings';
import { UserError } from '../../system/userError';
import { shellWord } from '../../text/shellWord';
import { confFileEdits, editConf, isDefault, readConfNotes } from './confEdits';
import { Skip } from '../failure';
import type { Step, StepContext } from '../plan/plan';
import type { NodeView } from '../state/view';
import { refuseUnwritable } from '../state/writable';

/** A setting and how an operation changes its value; `undefined` in means Kong's default. */
export interface SettingChange {
  setting: string;
  /** Returns the value unchanged when there is nothing to do. */
  change: (value: string | undefined) => string;
}

/** The value a start would see, as the change functions want it. */
function currentValue(view: NodeView, setting: string): string | undefined {
  const { value, from } = view.setting(setting);
  return from === 'default' ? undefined : value;
}

/** What would be edited for a change, for the plan. */
async function describeChange(view: NodeView, { setting, change }: SettingChange): Promise<string> {
  const now = currentValue(view, setting);
  const next = change(now);
  const { from, value } = view.setting(setting);
  if (next === value) return `${setting} stays as it is.`;
  if (from !== 'environment') {
    const { confPath } = view.facts;
    const note = (await readConfNotes(view))[confPath];
    if (!editConf(view.confText, setting, next, note).takenOut) return `Write ${setting} = ${next} into ${confPath}.`;
    const file = note?.created === true ? ', and the file too when nothing else is in it' : '';
    return `Take the line ${setting} out of ${confPath} again, which kong-plugin put there${file}.`;
  }
  const variable = environmentName(setting);
  return view.facts.envPath === undefined
    ? `Reload with ${variable}=${next}; that variable is set outside and decides at the next start.`
    : `Write ${variable}=${next} into ${view.facts.envPath}.`;
}

/** The file that is to be written for a change; undefined when there is none. */
function fileOf(view: NodeView, { setting, change }: SettingChange): string | undefined {
  const { from, value } = view.setting(setting);
  if (change(currentValue(view, setting)) === value) return undefined;
  return from === 'environment' ? view.facts.envPath : view.facts.confPath;
}

/** A step that changes a setting where it is decided; `done` names what it achieves. */
export async function settingStep(name: string, view: NodeView, setting: SettingChange): Promise<Step> {
  const file = fileOf(view, setting);
  if (file !== undefined) await refuseUnwritable(view, [file]);
  return {
    name,
    describe: await describeChange(view, setting),
    run: (context) => changeSetting(context, setting),
  };
}

/** Several of them, in order. */
export async function settingSteps(name: string, view: NodeView, changes: readonly SettingChange[]): Promise<Step[]> {
  return Promise.all(changes.map((change) => settingStep(name, view, change)));
}

async function changeSetting(context: StepContext, { setting, change }: SettingChange): Promise<string> {
  const view = await context.view();
  const now = currentValue(view, setting);
  const next = change(now);
  const running = view.running(setting);
  const runningChanges = running !== undefined && change(running) !== running;
  const variable = environmentName(setting);
  if (view.setting(setting).from === 'environment') {
    if (view.facts.envPath !== undefined) {
      if (next === now) throw new Skip(`${variable} in ${view.facts.envPath} says so already.`);
      const file = await context.node.read(view.facts.envPath);
      const text = file?.toString('latin1') ?? '';
      await context.edit([{ path: view.facts.envPath, content: latin1(setEnvValue(text, variable, next)), basedOn: file }]);
      return `${variable}=${next} in ${view.facts.envPath}. It wins over kong.conf.`;
    }
    if (next === now && !runningChanges) throw new Skip(`${variable} says so already.`);
    if (!view.facts.running) {
      throw new UserError(
        `${variable}=${now ?? ''} is set outside this node's files and wins over kong.conf, and this Kong does not run.`,
        {
          next: whereToSet(view, variable, next),
        },
      );
    }
    // Nothing is written, but the step belongs to what is undone with the reload.
    await context.note({});
    return `${variable} decides here, so the reload gets ${variable}=${next}. A restart forgets that. ${whereToSet(view, variable, next)}`;
  }
  if (next === view.setting(setting).value) throw new Skip(`${setting} = ${next} already.`);
  const { confPath } = view.facts;
  const notes = await readConfNotes(view);
  const edit = editConf(view.confText, setting, next, notes[confPath]);
  await context.edit(await confFileEdits(view, edit, notes));
  if (edit.text === null) return `${setting} is out of ${confPath} again, and so is the file, which kong-plugin made.`;
  return edit.takenOut ? `${setting} is out of ${confPath} again.` : `${setting} = ${next} in ${confPath}.`;
}

/** Who can change a variable that is set outside: a container keeps those that it was made with. */
function whereToSet({ node, facts }: NodeView, variable: string, value: string): string {
  const service = facts.origin?.service;
  if (service !== undefined)
    return `In the compose file give the service ${service} the variable ${variable}=${value}, then make it anew: docker compose up -d ${shellWord(service)}`;
  if (facts.origin !== undefined)
    return `A container keeps the variables it was made with: make ${node.id.replace(/^[^:]*:/, '')} anew with docker run --env ${shellWord(`${variable}=${value}`)} and its other arguments.`;
  return `Set ${shellWord(`${variable}=${value}`)} where this Kong is started.`;
}

/** Files are edited one character a byte, so bytes that are no UTF-8 survive. */
function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** The variables that give the running Kong a change at its reload, whoever decides at the next start. */
export function changedVariables(view: NodeView, changes: readonly SettingChange[]): Record<string, string> {
  return Object.fromEntries(
    changes.flatMap(({ setting, change }) => {
      const base = view.running(setting) ?? currentValue(view, setting);
      const { from, value } = view.setting(setting);
      // A setting that is in no file any more has its default, which Kong would not take from there.
      const next = from === 'default' && isDefault(setting, change(base)) ? value : change(base);
      return next === '' ? [] : [[environmentName(setting), next]];
    }),
  );
}
