// Names of the PDK that the Kong of an upgrade does not have: fields that are only read, beside the calls that `check` tells of.
import { pdkName } from '../../kong/pdk/pdk';
import { own } from '../../text/own';
import { found, type UpgradeContext, type UpgradeFinding } from './rule';

/** Fields that went, with what says the same. */
const FIELDS: Readonly<Record<string, string>> = {
  'kong.pdk_version': 'kong.version',
  'kong.pdk_major_version': 'kong.version',
  'kong.dao': 'kong.db, whose entities have other functions',
};

/** Reads of fields of `kong` that went. */
export function* unknownOfKong({ code, version }: UpgradeContext): Iterable<UpgradeFinding> {
  for (const file of code) {
    for (const node of file.nodes) {
      if (node.kind !== 'index' || node.object.kind !== 'global' || node.object.name !== 'kong') continue;
      const name = file.source.text(node);
      const instead = own(FIELDS, name);
      if (instead === undefined) continue;
      const known = pdkName(name, version);
      if (known.kind === 'field' || known.kind === 'open') continue;
      yield found(file.source, node, `Kong ${version.text} has no ${name}: use ${instead}.`);
    }
  }
}
