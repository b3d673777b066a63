// How a step ends when it does not end well.
import { UserError, type ExitCode } from '../system/userError';
import type { Finding } from '../troubleshoot/finding';

/** Thrown by a step that found nothing to do; the message says why. */
export class Skip extends Error {}

/** Thrown by an operation that sees, before it asks for anything or changes anything, that it cannot be done there. */
export class Refusal extends UserError {
  readonly findings: readonly Finding[];

  constructor(message: string, options: { exitCode?: ExitCode; next?: string } = {}, findings: readonly Finding[] = []) {
    super(message, options);
    this.findings = findings;
  }
}

/** Thrown by a step whose failure some output explains. */
export class StepFailure extends UserError {
  readonly findings: readonly Finding[];

  constructor(message: string, findings: readonly Finding[] = [], next?: string) {
    super(message, next === undefined ? {} : { next });
    this.findings = findings;
  }

  /** A failure with what the troubleshooter reads in a program's output or a log. */
  static async fromOutput(message: string, output: string, kong: string | undefined): Promise<StepFailure> {
    return StepFailure.explained(message, await findingsIn(output, kong));
  }

  /** A failure with what explains it; the first finding is named with it. */
  static explained(message: string, findings: readonly Finding[]): StepFailure {
    const [first] = findings;
    return new StepFailure(first === undefined ? message : `${message} (${first.title})`, findings);
  }
}

/** Whether it is a fault of the node or a plugin: not a remark, a request that failed outside of them, nor what is only said by somebody. */
export async function isFault({ id }: Finding): Promise<boolean> {
  const { CATALOGUE } = await import('../troubleshoot/catalogue');
  const { weight } = CATALOGUE[id];
  return weight !== 'note' && weight !== 'unknown';
}

/** What the troubleshooter concludes from a text. */
export async function findingsIn(text: string, kong: string | undefined, signal?: AbortSignal): Promise<Finding[]> {
  const { diagnose } = await import('../troubleshoot/diagnose');
  return diagnose(text, { ...(kong !== undefined && { kong }), ...(signal !== undefined && { signal }) });
}
