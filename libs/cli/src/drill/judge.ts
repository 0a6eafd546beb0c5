import { type Drill, RECOVERY_MS } from './drills.ts';
import type { DrillRecord, NewConnection } from './record.ts';

/** Whether a promise held, and what was seen. */
export interface Verdict {
  readonly held: boolean;
  readonly text: string;
}

/** Compares what a drill has seen with what is promised. */
export function judge(drill: Drill, record: DrillRecord): readonly Verdict[] {
  const { attempts, undoneAtMs } = record;
  const during = attempts.filter(({ atMs }) => atMs >= 0 && atMs < undoneAtMs);
  return [
    drill.rejectedWith.length > 0 ? judgeRejections(drill, during) : judgeAdmissions(drill, record),
    judgeOpen(drill, record),
    judgeRecovery(record),
    ...judgeAudit(record),
  ];
}

function judgeRejections({ rejectedWith }: Drill, during: readonly NewConnection[]): Verdict {
  const rejected = during.filter(({ ticketId }) => ticketId === null);
  const promised = `new connections were rejected with ${rejectedWith.join(' or ')}`;
  if (rejected.length === 0)
    return {
      held: false,
      text: `${promised}: nobody was rejected. Did the command of --break have an effect?`,
    };
  const others = rejected.filter(({ code }) => code === null || !rejectedWith.includes(code));
  const slowest = Math.max(...rejected.map(({ tookMs }) => tookMs));
  const seen = `${rejected.length} of ${during.length}, at most after ${ms(slowest)}`;
  const codes = [...new Set(others.map(({ code }) => code ?? 'no code'))].join(', ');
  return others.length === 0
    ? { held: true, text: `${promised}: ${seen}` }
    : { held: false, text: `${promised}: ${seen}, but ${others.length} with ${codes}` };
}

function judgeAdmissions({ gapMs }: Drill, { attempts, undoneAtMs }: DrillRecord): Verdict {
  const longest = longestGapOf(attempts, undoneAtMs);
  const failed = attempts.filter(({ atMs, ticketId }) => atMs >= 0 && atMs < undoneAtMs && ticketId === null);
  if (gapMs === 0)
    return {
      held: failed.length === 0,
      text: `new connections were admitted all along: ${failed.length} failed`,
    };
  return {
    held: longest <= gapMs,
    text: `new connections were admitted again within ${ms(gapMs)}: ${failed.length} failed, none got in for ${ms(longest)}`,
  };
}

/** The longest time after the break in which nobody got in, while somebody tried. */
function longestGapOf(attempts: readonly NewConnection[], undoneAtMs: number): number {
  let [failingSince, longest] = [Number.NaN, 0];
  for (const { atMs, tookMs, ticketId } of attempts.filter(({ atMs }) => atMs >= 0)) {
    if (ticketId === null && Number.isNaN(failingSince)) failingSince = atMs;
    if (!Number.isNaN(failingSince))
      longest = Math.max(longest, Math.min(atMs + tookMs, undoneAtMs) - failingSince);
    if (ticketId !== null) failingSince = Number.NaN;
  }
  return longest;
}

function judgeOpen({ gapMs }: Drill, { open }: DrillRecord): Verdict {
  const lost = open.filter(({ losses }) => losses > 0);
  if (gapMs === 0)
    return {
      held: lost.length === 0,
      text: `open connections stayed: ${open.length - lost.length} of ${open.length}`,
    };
  const longest = Math.max(0, ...open.map(({ longestGapMs }) => longestGapMs));
  return {
    held: longest <= gapMs,
    text: `lost connections were open again within ${ms(gapMs)}: ${lost.length} of ${open.length} lost, at most for ${ms(longest)}`,
  };
}

function judgeRecovery({ attempts, undoneAtMs }: DrillRecord): Verdict {
  const first = attempts.find(({ atMs, ticketId }) => atMs >= undoneAtMs && ticketId !== null);
  const promised = `new connections were admitted within ${ms(RECOVERY_MS)} of the end`;
  if (!first) return { held: false, text: `${promised}: nobody was` };
  const afterMs = first.atMs + first.tookMs - undoneAtMs;
  return { held: afterMs <= RECOVERY_MS, text: `${promised}: after ${ms(afterMs)}` };
}

function judgeAudit({ attempts, audit }: DrillRecord): readonly Verdict[] {
  if (!audit) return [];
  const admitted = attempts.filter(({ ticketId }) => ticketId !== null).length;
  const recorded = audit.unrecorded === null ? 'unknown' : `${admitted - audit.unrecorded} of ${admitted}`;
  return [
    {
      held: audit.unrecorded === 0,
      text: `the audit log tells of every connection of this drill: ${recorded}`,
    },
    { held: audit.missing === 0, text: `no event is missing: ${audit.missing ?? 'unknown'}` },
  ];
}

function ms(value: number): string {
  return value < 1_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`;
}
