import { type AuditLog, isReason, type Reason, reasonRow, reasons as reasonTable } from '@admit-one/core';
import type { ExplainQuery } from '../api/query/read-explain.ts';
import { type CommonValue, commonValues } from './score.ts';

export interface Explanation {
  /** How many events are explained. */
  readonly total: number;
  /** How many events there were in the hour before. */
  readonly baselineTotal: number;
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
  auditLog: Pick<AuditLog, 'counts' | 'topValues'>,
  { types, reasons, from, to, baselineFrom }: ExplainQuery,
): Promise<Explanation> {
  const asked = reasons ?? allReasons;
  // Counts are by the minute: the one in which the range begins is not of the hour before.
  const baselineRange = { from: baselineFrom, to: startOfMinute(from) };
  const [values, baseline, countsBefore] = await Promise.all([
    auditLog.topValues({ from, to, types, reasons: asked, limit: VALUES }),
    auditLog.topValues({ ...baselineRange, limit: VALUES }),
    auditLog.counts({ ...baselineRange, intervalSeconds: 3_600 }),
  ]);
  const ofReason = values.filter(({ dimension }) => dimension === 'reason');
  const total = ofReason[0]?.known ?? 0;
  const baselineTotal = countsBefore.reduce((sum, { count }) => sum + count, 0);
  // The reason that was asked for is no news.
  const others = reasons?.length === 1 ? values.filter(({ dimension }) => dimension !== 'reason') : values;
  return {
    total,
    baselineTotal,
    findings: commonValues(others, baseline, baselineTotal),
    runbook: runbookOf(ofReason[0]?.value ?? reasons?.[0]),
  };
}

function startOfMinute(time: string): string {
  return new Date(Math.floor(Date.parse(time) / 60_000) * 60_000).toISOString();
}

function runbookOf(reason: string | undefined): string | null {
  return isReason(reason) ? `${reason}: ${reasonRow(reason).meaning} See docs/reasons.md#${reason}.` : null;
}
