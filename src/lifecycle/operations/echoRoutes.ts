// The services and routes of a development node: all paths lead to its echo upstream, and with a header to the same past every plugin on them.
import { adminClient } from '../../kong/adminClient';
import { ECHO_ADDRESS, PLAIN_ADDRESS } from '../../node/container/echo';
import type { Node } from '../../node/node';
import { PLAIN_HEADER, PLAIN_VALUE } from '../trial/compare';

interface EchoRoute {
  /** Of the service and of its route. */
  name: string;
  url: string;
  /** What the request must say to come this way; Kong prefers a route that asks for more. */
  headers?: Readonly<Record<string, string[]>>;
}

const ROUTES: readonly EchoRoute[] = [
  { name: 'echo', url: `http://${ECHO_ADDRESS}` },
  { name: 'echo-without', url: `http://${PLAIN_ADDRESS}`, headers: { [PLAIN_HEADER]: [PLAIN_VALUE] } },
];

/** The declarative file of a development node without a database, for the version of its image. */
export function echoDeclarative(kong: string | undefined): string {
  // 3.x reads paths of the older format as patterns where they look like some; a Kong that is not known takes the older.
  const format = kong !== undefined && Number(kong.split('.')[0]) >= 3 ? '3.0' : '2.1';
  const services = ROUTES.map(({ name, url, headers = {} }) => {
    const asked = Object.entries(headers).map(([header, values]) => `      ${header}: [${values.join(', ')}]\n`);
    const condition = asked.length === 0 ? '' : `    headers:\n${asked.join('')}`;
    return `- name: ${name}\n  url: ${url}\n  routes:\n  - name: ${name}\n    paths: [/]\n${condition}`;
  });
  return `# Written by kong-plugin dev: every path leads to an upstream that echoes what reached it.
# "echo-without" leads there too, for requests that are to show what happens without the plugins of "echo".
_format_version: "${format}"
services:
${services.join('')}`;
}

/** The same in the database of a node that serves. Throws UserError when the Admin API refuses. */
export async function addEchoRoutes(node: Node): Promise<void> {
  const transport = await node.adminApi();
  if (transport === undefined) return;
  const client = adminClient(transport);
  for (const { name, url, headers } of ROUTES) {
    await client.send('POST', '/services', { name, url });
    await client.send('POST', `/services/${name}/routes`, { name, paths: ['/'], ...(headers === undefined ? {} : { headers }) });
  }
}
