// A use of a plugin as a row below it: what it is applied to, whether it is switched off, and on hover what differs from the defaults.
import type { ComparedUse } from '../../lifecycle/state/use/seenUses';
import { scopeSentence } from '../../lifecycle/state/use/seenUses';
import { count } from '../../text/count';
import { maskedData } from '../../troubleshoot/secrets/data';

/** What a row shows; the icon is a name of the editor's. */
export interface UseRow {
  name: string;
  description: string;
  icon: string;
  tooltip: string;
  label: string;
}

/** Longer values are cut on hover. */
const MOST = 80;

/** The row of a use. Secrets are not in it. */
export function useRow(use: ComparedUse): UseRow {
  const { plugin, enabled, instance, workspace, differences, id, declared } = use;
  const name = scopeSentence(use);
  const description = [
    enabled ? undefined : 'switched off',
    instance,
    workspace === undefined ? undefined : `workspace ${workspace}`,
    differences === undefined || differences.length === 0 ? undefined : `${count(differences.length, 'field')} set`,
  ]
    .filter((word) => word !== undefined)
    .join(' · ');
  const values = (differences ?? []).map(({ field, value }) => {
    const text = JSON.stringify(maskedData(value, field.split('.').at(-1)));
    return `  ${field}: ${text.length > MOST ? `${text.slice(0, MOST)}…` : text}`;
  });
  const said =
    differences === undefined
      ? 'Its schema is not known here, so nothing can be said of its defaults.'
      : values.length === 0
        ? 'Every field has its default.'
        : ['Differs from the defaults:', ...values].join('\n');
  return {
    name,
    description,
    icon: enabled ? 'plug' : 'circle-slash',
    tooltip: [
      `${plugin} ${name}${enabled ? '' : ', switched off: Kong does not run it'}`,
      said,
      `${declared === undefined ? '' : `line ${declared.line} of the declarative file, `}id ${id}`,
    ].join('\n'),
    label: [`${plugin} ${name}`, description].filter((word) => word !== '').join(', '),
  };
}
