// What the status bar says of the target: its name, the rung of a plugin there, and what is wrong with it.
/** What is known of the target and of the plugin whose file is open. */
export interface TargetKnown {
  /** How the target is called; undefined when none is chosen. */
  name: string | undefined;
  /** Why its nodes cannot be looked at; those of which that is not so are left out. */
  troubles: readonly string[];
  /** Its next start would fail. */
  isDoomed: boolean;
  /** `hello loaded`. */
  plugin: string | undefined;
}

export interface TargetWords {
  text: string;
  tooltip: string;
  /** For screen readers: the icon in words. */
  label: string;
}

/** The words of the entry. */
export function targetWords({ name, troubles, isDoomed, plugin }: TargetKnown): TargetWords {
  const shown = name ?? 'no target node';
  const [trouble] = troubles;
  const wrong = trouble ?? (isDoomed ? `The next start of ${shown} fails.` : undefined);
  const words = plugin === undefined ? shown : `${shown} · ${plugin}`;
  return {
    text: `$(${wrong === undefined ? 'server-environment' : 'warning'}) ${words}`,
    tooltip:
      wrong === undefined ? 'Target of Kong Plugin commands. Click to change it.' : `${wrong} Click to change the target node.`,
    label: ['Kong target node', words, wrong].filter((part) => part !== undefined).join(' '),
  };
}
