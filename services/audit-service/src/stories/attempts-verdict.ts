import { causesOf, countOf, mainReasonOf } from './causes.ts';
import { lastFailureIn, reportClauses } from './last-failure.ts';
import { type Rejection, stageOf, type TicketLife } from './ticket-life.ts';
import type { Verdict } from './ticket-verdict.ts';
import { times } from './words.ts';

/** What happened to attempts that admitted nobody. */
export function attemptsVerdict(
  lives: readonly TicketLife[],
  withoutTicket: readonly Rejection[],
  now: number,
): Verdict {
  const asked = countOf(withoutTicket);
  const requests = `asked for a ticket ${times(asked)} and rejected: ${causesOf(withoutTicket)}`;
  const rejections = [...lives.flatMap((life) => life.rejections), ...withoutTicket];
  return {
    clauses: [
      ...(lives.length > 0 ? [ticketsClause(lives, now)] : []),
      ...(asked > 0 ? [requests] : []),
      ...(rejections.length > 0 ? [] : reportClauses(lastFailureIn(lives))),
    ],
    reason: mainReasonOf(rejections),
    about: lives.at(-1),
  };
}

function ticketsClause(lives: readonly TicketLife[], now: number): string {
  const issued = lives.filter((life) => life.issued).length;
  const presented = lives.filter((life) => stageOf(life, now) !== 'issued').length;
  const rejections = lives.flatMap((life) => life.rejections);
  const use = presented === 0 ? 'never presented' : `presented ${times(presented)}, never admitted`;
  const what = issued === 0 ? use : `issued ${times(issued)}, ${use}`;
  if (rejections.length > 0) return `${what}: ${causesOf(rejections)}`;
  return presented > 0 ? `${what}: the handshakes did not finish` : what;
}
