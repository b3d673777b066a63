// A plugin on a node as a row: its rung, its icon, and the words beside it, on hover and for screen readers.
import type { PluginOnNode } from '../../lifecycle/types';
import type { Finding } from '../../troubleshoot/finding';
import { problemLines } from '../../text/problemWords';

/** The highest rung a plugin stands on; null stands on none. */
export function rungOf(plugin: PluginOnNode | null): 'in use' | 'loaded' | 'enabled' | 'installed' | 'not installed' {
  if (plugin === null) return 'not installed';
  if ((plugin.inUse ?? 0) > 0) return 'in use';
  if (plugin.loaded === true) return 'loaded';
  if (plugin.enabled) return 'enabled';
  return plugin.installed === null ? 'not installed' : 'installed';
}

/** What a row shows; icon and color are names of the editor's. */
export interface RungRow {
  description: string;
  icon: { id: string; color: string | undefined };
  tooltip: string;
  /** Says what the icon means, too. */
  label: string;
}

const RUNG_ICONS = {
  'in use': { id: 'pass-filled', color: 'testing.iconPassed' },
  loaded: { id: 'pass', color: 'testing.iconPassed' },
  enabled: { id: 'circle-large-filled', color: undefined },
  installed: { id: 'circle-large-outline', color: undefined },
  'not installed': { id: 'circle-slash', color: undefined },
} as const;

/** The row of a plugin below its node, with the findings of a start that its node would not survive: what is wrong counts first, then that its files are not the workspace's. */
export function rungRow(plugin: PluginOnNode, findings: readonly Finding[]): RungRow {
  const { name, installed, problems } = plugin;
  const rung = rungOf(plugin);
  const drifts = plugin.drift === true;
  const words = [
    drifts ? 'differs from workspace' : undefined,
    installed?.version,
    rung === 'in use' ? `in use ${plugin.inUse ?? 0}×` : rung,
  ];
  const description = words.filter(Boolean).join(' · ');
  const icon =
    problems.length > 0
      ? { id: 'error', color: 'list.errorForeground' }
      : drifts
        ? { id: 'warning', color: 'list.warningForeground' }
        : RUNG_ICONS[rung];
  const told = problems.length > 0 ? 'error: Kong would not start with it' : drifts ? 'warning' : undefined;
  return {
    description,
    icon,
    tooltip: [
      `${name}: ${rung}`,
      installed === null ? '' : `Installed in ${installed.path}`,
      drifts ? 'Its files differ from those of the workspace: install it again, or look at what was changed on the node.' : '',
      ...problemLines(findings.filter((finding) => finding.plugin === name)).map(({ words }) => words),
    ]
      .filter(Boolean)
      .join('\n'),
    label: [`Plugin ${name}`, told, description].filter(Boolean).join(', '),
  };
}
