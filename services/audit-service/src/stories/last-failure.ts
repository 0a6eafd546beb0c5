import type { HappeningsOfOne } from './ticket-life.ts';
import { shown } from './words.ts';

/** What a client reported of its last failure. Its members are not checked: see `lastFailureSchema`. */
export type LastFailureReport = Readonly<Record<string, unknown>>;

/** The newest report in the requests for tickets. */
export function lastFailureIn(lives: readonly HappeningsOfOne[]): LastFailureReport | null {
  const reports = lives.map(({ issued }) => issued?.event.data.lastFailure);
  const isReport = (report: unknown) => typeof report === 'object' && report !== null;
  return (reports.findLast(isReport) as LastFailureReport | undefined) ?? null;
}

const phases: Readonly<Record<string, string>> = {
  token: 'getting its token',
  ticket: 'requesting a ticket',
  connecting: 'connecting',
  open: 'connected',
};

/** What a client reported, where nothing else says why it is not connected. */
export function reportClauses(report: LastFailureReport | null): readonly string[] {
  if (!report) return [];
  const { code, reason, phase } = report;
  const what = typeof reason === 'string' ? ` ${shown(reason)}` : ' a failure';
  const withCode = typeof code === 'number' ? ` (code ${code})` : '';
  const during = typeof phase === 'string' && phases[phase] ? ` while ${phases[phase]}` : '';
  return [`before that, the client reported${what}${withCode}${during}`];
}
