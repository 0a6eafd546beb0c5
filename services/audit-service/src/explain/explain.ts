import { type AuditLog, isReason, type Reason, reasonRow, reasons as reasonTable } from '@admit-one/core';
import type { ExplainQuery } from '../api/query/read-explain.ts';
import { type CommonValue, commonValues } from './score.ts';

export interface Explanation {
  /** How many events are explained. */
  readonly total: number;
  readonly findings: readonly CommonValue[];
  /** What the reason means; of the most frequent one, where there are several. Null where there is none. */
  readonly runbook: string | null;
}

const allReasons = Object.keys(reasonTable) as readonly Reason[];

/** The most frequent values that are looked at, of each dimension. */
const VALUES = 100;

/**
 * What the events with a reason in a range have in common: the values of their dimensions, against those of all events in
 * the hour before.
 * @throws {AuditLogError}
 */
export async function explain(
  auditLog: Pick<AuditLog, 'topValues'>,
  { types, reasons, from, to, baselineFrom }: ExplainQuery,
): Promise<Explanation> {
  const asked = reasons ?? allReasons;
  const [values, baseline] = await Promise.all([
    auditLog.topValues({ from, to, types, reasons: asked, limit: VALUES }),
    auditLog.topValues({ from: baselineFrom, to: from, limit: VALUES }),
  ]);
  const ofReason = values.filter(({ dimension }) => dimension === 'reason');
  const total = ofReason.reduce((sum, { count }) => sum + count, 0);
  // The reason that was asked for is no news.
  const others = reasons?.length === 1 ? values.filter(({ dimension }) => dimension !== 'reason') : values;
  return {
    total,
    findings: total === 0 ? [] : commonValues(others, total, baseline),
    runbook: runbookOf(ofReason[0]?.value ?? reasons?.[0]),
  };
}

function runbookOf(reason: string | undefined): string | null {
  return isReason(reason) ? `${reason}: ${reasonRow(reason).meaning} See docs/reasons.md#${reason}.` : null;
}
