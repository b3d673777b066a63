// A finding without the secrets that its log told elsewhere.
import type { Finding } from '../finding';
import { maskSecrets } from './mask';

/** The finding with these values hidden in all that is shown of it; names of plugins, modules and files stay. */
export function withoutSecrets(finding: Finding, values: ReadonlySet<string>): Finding {
  const own = new Set([finding.plugin, finding.module, finding.file]);
  const hidden = [...values].filter((value) => !own.has(value));
  if (hidden.length === 0) return finding;
  const hide = (text: string): string => maskSecrets(text, hidden);
  const { details } = finding;
  return {
    ...finding,
    title: hide(finding.title),
    cause: hide(finding.cause),
    steps: finding.steps.map(hide),
    evidence: finding.evidence.map(({ line, text }) => ({ line, text: hide(text) })),
    ...(details !== undefined && {
      details: Object.fromEntries(Object.entries(details).map(([name, word]) => [name, hide(word)])),
    }),
  };
}
