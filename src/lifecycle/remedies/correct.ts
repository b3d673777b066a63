// The remedy for a setting whose value Kong refuses: the value that was most likely meant, else Kong's default.
import { closest, distance } from 'fastest-levenshtein';
import { directiveFor } from '../../kong/directives';
import { listenProblem } from '../../kong/listen';
import { UserError } from '../../system/userError';
import type { Operation } from '../plan/plan';
import { reloadAndProve } from '../steps/running';
import { settingSteps, type SettingChange } from '../steps/setting';
import { startStep } from '../steps/start';
import type { RemedyCase, Remedy } from './case';

/** Gives the setting that a finding names a value that Kong takes. */
export const CORRECT_SETTING: Remedy = {
  needs: 'nothing',
  says: 'Gives the setting the allowed value that is nearest to what stands there, or its default where none is near.',
  fits: ({ finding }) => directiveFor(settingOf(finding.details))?.default !== undefined,
  operation: (about) => Promise.resolve(correct(about)),
};

const settingOf = (details: Readonly<Record<string, string>> | undefined): string => details?.['setting'] ?? '';

function correct({ finding }: RemedyCase): Operation {
  const setting = settingOf(finding.details);
  const listed = finding.details?.['list']?.split(',').map((value) => value.trim());
  return {
    title: `correct ${setting}`,
    async steps(view) {
      const now = view.setting(setting).value;
      const next = allowedValue(setting, now, listed);
      if (next === now) throw new UserError(`${setting} = ${now} is allowed now.`, { next: 'Reload Kong, or start it.' });
      const changes: SettingChange[] = [{ setting, change: () => next }];
      return [
        ...(await settingSteps('set', view, changes)),
        ...reloadAndProve(view, changes, [], { then: [startStep(view, { not: finding.id })] }),
      ];
    },
  };
}

/** Words for yes and no that people write and Kong does not take. */
const YES = /^(?:y|yes|1|enabled?)$/i;
const NO = /^(?:n|no|none|null|0|disabled?)$/i;

/**
 * The value of a setting that was most likely meant by one that Kong refuses; its default where nothing tells. `listed` are the values that
 * Kong's message names.
 */
export function allowedValue(setting: string, value: string, listed?: readonly string[]): string {
  const { type, default: usual = '', values } = directiveFor(setting) ?? { type: 'string', values: undefined };
  const allowed = values ?? listed;
  if (setting.endsWith('_listen')) return soundAddresses(setting, value, usual);
  if (allowed !== undefined && allowed.length > 0) return nearestOf(value.toLowerCase(), allowed) ?? usual;
  if (type === 'boolean' || type === 'ngx_boolean') return YES.test(value) ? 'on' : NO.test(value) ? 'off' : usual;
  return usual;
}

/** One that begins like it, one that is a few letters away, or `off` for a word for nothing. */
function nearestOf(value: string, allowed: readonly string[]): string | undefined {
  if (allowed.includes(value)) return value;
  if (NO.test(value) && allowed.includes('off')) return 'off';
  if (YES.test(value) && allowed.includes('on')) return 'on';
  const alike = allowed.find(
    (name) => name.length > 1 && (value.startsWith(name) || (value.length > 1 && name.startsWith(value))),
  );
  const near = closest(value, [...allowed]);
  return alike ?? (distance(value, near) <= Math.max(1, Math.floor(near.length / 3)) ? near : undefined);
}

/** A port alone gets an address: of this machine only where whoever comes may change Kong. */
function soundAddresses(setting: string, value: string, usual: string): string {
  const host = setting === 'proxy_listen' || setting === 'stream_listen' ? '0.0.0.0' : '127.0.0.1';
  const sound = value
    .split(/[,;]/)
    .map((entry) =>
      entry
        .trim()
        .replace(/^https?:\/\//, '')
        .replace(/^:?(\d+)(?=\s|$)/, `${host}:$1`),
    )
    .filter((entry) => entry !== '')
    .join(', ');
  return sound !== '' && listenProblem(setting, sound) === undefined ? sound : usual;
}
