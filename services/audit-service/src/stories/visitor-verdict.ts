import { causesOf, countOf, endReasonOf, mainReasonOf } from './causes.ts';
import { lastFailureIn, reportClauses } from './last-failure.ts';
import {
  type Happening,
  livesAmong,
  type Rejection,
  rejectionsAmong,
  stageOf,
  type TicketLife,
} from './ticket-life.ts';
import {
  endClauses,
  isOfSameClient,
  replayClauses,
  replayReasonOf,
  replaysIn,
  type Verdict,
} from './ticket-verdict.ts';
import { prefixed, times } from './words.ts';

/**
 * What happened to a session or a user. What failed since the last admission tells more than what happened before it.
 */
export function visitorVerdict(happenings: readonly Happening[], now: number): Verdict {
  const lives = livesAmong(happenings);
  const withoutTicket = rejectionsAmong(happenings).filter(({ facts }) => facts.ticket === null);
  const admitted = lives.filter(({ consumed }) => consumed.length > 0);
  if (admitted.length === 0) return attemptsVerdict(lives, withoutTicket, now);

  const lastAdmission = Math.max(...admitted.map(admittedAt));
  const since = attemptsVerdict(
    lives.filter(({ consumed, issued }) => consumed.length === 0 && (issued?.at ?? 0) > lastAdmission),
    withoutTicket.filter(({ at }) => at > lastAdmission),
    now,
  );
  const replays = admitted.flatMap(replaysIn);
  const ofSameClient = admitted.every((life) => replaysIn(life).every(isOfSameClient(life)));
  const admissions = admitted.reduce((sum, { consumed }) => sum + consumed.length, 0);
  const last = admitted.find((life) => admittedAt(life) === lastAdmission);
  const isConnected = last?.closed === undefined && since.reason === null;
  return {
    clauses: [
      `admitted ${times(admissions)}`,
      ...replayClauses(replays, ofSameClient),
      ...(since.clauses.length > 0 && !isConnected
        ? prefixed('since then ', since.clauses)
        : lastEndClauses(last, now)),
    ],
    reason: since.reason ?? replayReasonOf(replays) ?? endReasonOf(last?.closed),
  };
}

function admittedAt({ consumed }: TicketLife): number {
  return consumed.at(-1)?.at ?? 0;
}

/** Attempts that admitted nobody. */
function attemptsVerdict(
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

/** How the connection of the last admission ended. */
function lastEndClauses(last: TicketLife | undefined, now: number): readonly string[] {
  const [clause] = last ? endClauses(last, now) : [];
  if (clause === undefined) return [];
  return [`the last connection ${last?.closed ? clause : `is ${clause}`}`];
}
