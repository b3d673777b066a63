// The troubleshooting panel's actions, made from the services.
import type { CommandId } from '../contributions/commands';
import { askLogFile, askNodeLog, clipboardText } from './dialogue/askLog';
import { allowed } from './dialogue/trust';
import type { NodeLog, PanelActions } from './panel/actions';
import { remediesOf } from './remedies';
import type { Services } from './services';

/** The actions; `services` is called when one is run, for the panel is one of them. */
export function panelActions(services: () => Services): PanelActions {
  /** As the command does it that the same is done by from elsewhere. */
  const nodeLog = async (as: CommandId, argument?: { node: string }): Promise<NodeLog | undefined> =>
    allowed(as) ? askNodeLog(services(), argument) : undefined;
  return {
    clipboardText,
    logFile: askLogFile,
    someNodesLog: () => nodeLog('kongPlugin.diagnoseNode'),
    followedLog: (node) => nodeLog('kongPlugin.followNode', { node }),
    ...remediesOf(services),
  };
}
