import { attemptsVerdict } from './attempts-verdict.ts';
import { endReasonOf, mainReasonOf } from './causes.ts';
import { type Happening, livesAmong, rejectionsAmong, type TicketLife } from './ticket-life.ts';
import {
  endClauses,
  isOfSameClient,
  otherClauses,
  replayClauses,
  replayReasonOf,
  replaysIn,
  UNREPORTED_END,
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
  const last = admitted.find((life) => admittedAt(life) === lastAdmission);
  const [others, since] = partitioned(
    lives.filter(({ consumed }) => consumed.length === 0),
    (life) => startedAt(life) > lastAdmission,
  );
  const [requests, requestsSince] = partitioned(withoutTicket, ({ at }) => at > lastAdmission);
  const attempts = attemptsVerdict(since, requestsSince, now);
  const isConnected = last !== undefined && isOpen(last) && attempts.reason === null;
  const showsAttempts = attempts.clauses.length > 0 && !isConnected;

  const replays = admitted.flatMap(replaysIn);
  const ofSameClient = admitted.every((life) => replaysIn(life).every(isOfSameClient(life)));
  const rejections = [...[...admitted, ...others].flatMap((life) => life.rejections), ...requests];
  const otherRejections = rejections
    .filter((rejection) => !replays.includes(rejection))
    .sort((a, b) => a.at - b.at);
  return {
    clauses: [
      `admitted ${times(admitted.reduce((sum, { consumed }) => sum + consumed.length, 0))}`,
      ...replayClauses(replays, ofSameClient),
      ...otherClauses(otherRejections),
      ...(showsAttempts && endReasonOf(last?.closed) === null ? [] : lastEndClauses(last, now)),
      ...(showsAttempts ? prefixed('since then ', attempts.clauses) : []),
    ],
    reason:
      attempts.reason ??
      replayReasonOf(replays) ??
      // What came before the attempts does not say what to do about them.
      (showsAttempts ? null : (mainReasonOf(otherRejections) ?? endReasonOf(last?.closed))),
    about: showsAttempts ? (attempts.about ?? last) : last,
  };
}

/** Those that do not meet a condition, and those that do. */
function partitioned<Item>(items: readonly Item[], meets: (item: Item) => boolean) {
  return [items.filter((item) => !meets(item)), items.filter(meets)] as const;
}

/** When a ticket first appears. */
function startedAt({ issued, reserved, rejections }: TicketLife): number {
  return (issued ?? reserved[0] ?? rejections[0])?.at ?? 0;
}

function admittedAt({ consumed }: TicketLife): number {
  return consumed.at(-1)?.at ?? 0;
}

/** Whether its connection is open, as far as ends are reported. */
function isOpen({ consumed, closed }: TicketLife): boolean {
  return closed === undefined && consumed.at(-1)?.endIsReported === true;
}

/** How the connection of the last admission ended. */
function lastEndClauses(last: TicketLife | undefined, now: number): readonly string[] {
  const [clause] = last ? endClauses(last, now) : [];
  if (clause === undefined) return [];
  if (clause === UNREPORTED_END) return [clause];
  return [`the last connection ${last?.closed ? clause : `is ${clause}`}`];
}
