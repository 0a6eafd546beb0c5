import type { Reporter } from '@admit-one/core';
import type { Operator } from '@admit-one/identity';
import type { Logger, Trace } from '@admit-one/runtime';

/** Records the use of tokens that were made offline. */
export interface BreakGlassTrace {
  /** Records the first request with such a token. */
  note(operator: Operator, trace: Trace): void;
}

export interface BreakGlassTraceOptions {
  readonly log: Logger;
  readonly reporter: Reporter;
  readonly instance: string;
}

/** How many tokens are remembered. It takes the private key to make more. */
const REMEMBERED = 1_000;

/** One log line and one event for each token. */
export function createBreakGlassTrace({ log, reporter, instance }: BreakGlassTraceOptions): BreakGlassTrace {
  const seen = new Set<string>();

  function isNew(operator: Operator): boolean {
    const key = JSON.stringify(operator);
    if (seen.has(key)) return false;
    seen.add(key);
    const [eldest] = seen;
    if (seen.size > REMEMBERED && eldest !== undefined) seen.delete(eldest);
    return true;
  }

  return {
    note(operator, { traceId, traceparent }) {
      const { subject, scopes, from } = operator;
      if (from.kind !== 'break_glass' || !isNew(operator)) return;
      const { tokenId, reason: justification } = from;
      log.warn({ subject, scopes, tokenId, justification, traceId }, 'break_glass_used');
      const data = { operator: { subject, from: from.kind, tokenId }, justification };
      reporter.report({ type: 'admit.audit.accessed', subject: instance, traceparent, data });
    },
  };
}
