// Sending a request a second time on a development node, on the way that passes by the plugins.
import { pluginEntities } from '../../kong/adminAnswers';
import { adminClient, type AdminTransport } from '../../kong/adminClient';
import type { Echo } from '../../node/container/echo';
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import { answer } from './answer';
import { changesBetween, PLAIN_HEADER, PLAIN_VALUE, type Changes, type Way } from './compare';
import type { TrialRequest } from './types';

/** The request as it went through the plugins, and what to send it with again. */
export interface SentThrough {
  node: Node;
  echo: Echo;
  transport: AdminTransport;
  request: TrialRequest;
  /** undefined when it did not reach the echo upstream. */
  through: Way | undefined;
}

/**
 * What plugins changed. It is sent again only after it reached the echo upstream on the way with plugins, so that nothing else ever gets a
 * request twice; the comparison counts only when the second went the other way.
 */
export async function comparedWithout(
  { node, echo, transport, request, through }: SentThrough,
  signal: AbortSignal | undefined,
): Promise<{ changes: Changes | null; remarks: string[] }> {
  if (through === undefined) {
    return { changes: null, remarks: ['It did not reach the echo upstream, so there is nothing to compare it with.'] };
  }
  const before = await echo.last(signal);
  const response = await answer(transport, { ...request, headers: { ...request.headers, [PLAIN_HEADER]: PLAIN_VALUE } }, signal);
  const trip = (await echo.since(before, signal)).findLast((one) => one.plain);
  if (through.trip.plain || trip === undefined) {
    return {
      changes: null,
      remarks: [
        'The routes "echo" and "echo-without" do not lead this request two ways, so there is nothing to compare it with.',
      ],
    };
  }
  return { changes: changesBetween({ trip, response }, through), remarks: await globalRemark(node, signal) };
}

/** A plugin that is used globally runs on both ways, and what it does is in neither difference. */
async function globalRemark(node: Node, signal: AbortSignal | undefined): Promise<string[]> {
  const transport = await node.adminApi();
  if (transport === undefined) return [];
  try {
    const entities = await pluginEntities(adminClient(transport), signal);
    const names = entities.filter(({ scopes, row }) => scopes.length === 0 && row['enabled'] !== false).map(({ name }) => name);
    if (names.length === 0) return [];
    return [
      `${[...new Set(names)].sort().join(', ')}: used globally, so on both ways; what it changes is not among the changes. Use it on the service "echo" to see them.`,
    ];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
