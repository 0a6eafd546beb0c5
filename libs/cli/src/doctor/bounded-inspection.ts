import type { Diagnostic } from '@admit-one/core';
import { rootMessageOf } from '../root-cause.ts';
import type { Inspection } from './inspections.ts';
import { rejectionBy } from './rejection-by.ts';

const DEADLINE_SECONDS = 5;

/** The diagnostics of an inspection, which takes 5 s at most and never rejects: what keeps it from ending well is a diagnostic too. */
export async function boundedInspection(
  { inspect }: Inspection,
  interrupted: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), DEADLINE_SECONDS * 1_000);
  const over = AbortSignal.any([deadline.signal, interrupted]);
  try {
    return await Promise.race([inspect(over), rejectionBy(over)]);
  } catch (error) {
    if (interrupted.aborted) return [{ level: 'error', message: 'this check was interrupted' }];
    const remedy = 'Check that it runs, what its URL says, and that this machine can reach it.';
    const why = deadline.signal.aborted ? `no answer within ${DEADLINE_SECONDS} s` : rootMessageOf(error);
    return [{ level: 'error', message: `it cannot be checked: ${why}`, remedy }];
  } finally {
    clearTimeout(timer);
  }
}
