// Whether a problem is told of again, and whether only requests, timers or events show it.
import { CATALOGUE } from '../../troubleshoot/catalogue';
import type { Finding } from '../../troubleshoot/finding';

/** Whether one of some findings tells of the same problem. */
export function isAmong(finding: Finding, findings: readonly Finding[]): boolean {
  return findings.some((other) => sameProblem(finding, other));
}

/** Of the same plugin; what Kong does not name may be any. */
function sameProblem(a: Finding, b: Finding): boolean {
  return a.id === b.id && (a.plugin === null || b.plugin === null || a.plugin === b.plugin);
}

/** Whether only requests, timers or events show the problem: after a remedy nobody knows that it is gone before the next one. */
export function isSeenByRequests({ id }: Finding): boolean {
  return CATALOGUE[id].weight === 'request';
}
