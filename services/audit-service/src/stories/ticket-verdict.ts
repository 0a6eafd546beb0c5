import type { Reason } from '@admit-one/core';
import { causesOf, countOf, endReasonOf, endText, fromText, mainReasonOf, sourcesOf } from './causes.ts';
import { lastFailureIn, reportClauses } from './last-failure.ts';
import {
  type HappeningsOfOne,
  isOfBlockedPage,
  isRedeemed,
  lastedMs,
  type Rejection,
} from './ticket-life.ts';
import { duration, listed, times } from './words.ts';

/** What happened, as the clauses of one sentence, and the reason that decides it. */
export interface Verdict {
  readonly clauses: readonly string[];
  /** Null where nothing failed. */
  readonly reason: Reason | null;
  /** The ticket that it is mostly about, where there is one. */
  readonly about: HappeningsOfOne | undefined;
}

/** What happened to a ticket. */
export function ticketVerdict(life: HappeningsOfOne, now: number): Verdict {
  const { consumed, rejections, closed } = life;
  if (consumed.length === 0)
    return rejections.length > 0
      ? { clauses: [rejectedClause(life)], reason: mainReasonOf(rejections), about: life }
      : { clauses: [unusedClause(life), ...reportClauses(lastFailureIn([life]))], reason: null, about: life };
  const from = listed([...new Set(consumed.map(({ facts }) => fromText(facts.address)))]);
  const replays = replaysIn(life);
  const others = rejections.filter((rejection) => !replays.includes(rejection));
  return {
    clauses: [
      `admitted ${times(consumed.length)} ${from}`,
      ...replayClauses(replays, replays.every(isOfSameClient(life))),
      ...otherClauses(others),
      ...(rejections.length > 0 ? [] : endClauses(life, now)),
    ],
    reason: replayReasonOf(replays) ?? mainReasonOf(others) ?? endReasonOf(closed),
    about: life,
  };
}

/** The replays of one or more tickets. */
export function replayClauses(replays: readonly Rejection[], ofSameClient: boolean): readonly string[] {
  const count = countOf(replays);
  if (count === 0) return [];
  const rejected = count === 1 ? 'rejected' : `${count === 2 ? 'both' : 'all'} rejected`;
  const hint = ofSameClient ? ': the same client presents a ticket again' : '';
  return [`replayed ${sourcesOf(replays)}`, `${rejected}${hint}`];
}

/** Rejections that are no replays, beside an admission. */
export function otherClauses(others: readonly Rejection[]): readonly string[] {
  return others.length > 0 ? [`also rejected ${times(countOf(others))}: ${causesOf(others)}`] : [];
}

/** Whether a replay is of the client that the ticket has admitted, by its address and its agent. */
export function isOfSameClient({ consumed }: HappeningsOfOne): (replay: Rejection) => boolean {
  return ({ facts: { address, agent } }) =>
    address !== null && consumed.some(({ facts }) => facts.address === address && facts.agent === agent);
}

/**
 * The rejections of handshakes that came with a ticket which has admitted another one. A moment before the admission, the
 * ticket was in use.
 */
export function replaysIn({ consumed, rejections }: HappeningsOfOne): readonly Rejection[] {
  const ofAnother = ({ event }: Rejection) =>
    consumed.some((admission) => admission.event.data.handshake !== event.data.handshake);
  return rejections.filter(
    (rejection) =>
      rejection.reason === 'ticket_replayed' ||
      (rejection.reason === 'ticket_in_use' && ofAnother(rejection)),
  );
}

/** The reason of replays, also of those that came a moment before the admission. */
export function replayReasonOf(replays: readonly Rejection[]): Reason | null {
  return replays.length > 0 ? 'ticket_replayed' : null;
}

/** What is said of a connection whose end will not be reported. */
export const UNREPORTED_END = 'its server does not report when its connections end';

/** How the connection ended, or that it is open. Nothing for a ticket that was redeemed: its connection is not known. */
export function endClauses({ consumed, closed }: HappeningsOfOne, now: number): readonly string[] {
  const opened = consumed.at(-1);
  if (!opened || isRedeemed(opened)) return [];
  if (!closed && !opened.endIsReported) return [UNREPORTED_END];
  const lasted = duration(lastedMs(opened, closed, now));
  return [closed ? `closed after ${lasted}: ${endText(closed.event)}` : `open for ${lasted} now`];
}

function rejectedClause({ issued, rejections }: HappeningsOfOne): string {
  const causes = causesOf(rejections);
  if (issued && rejections.every(isOfBlockedPage)) return `issued, never presented: ${causes}`;
  const count = countOf(rejections);
  return `presented${count > 1 ? ` ${times(count)}` : ''}, rejected: ${causes}`;
}

const releaseTexts: Readonly<Record<string, string>> = {
  client_gone: 'the client went away',
  handshake_failed: 'the handshake failed',
  upstream_failed: 'the upstream of the route failed',
  draining: 'the edge was shutting down',
};

/** A ticket that was neither admitted nor rejected. */
function unusedClause({ issued, reserved, released, revoked }: HappeningsOfOne): string {
  const last = reserved.at(-1);
  if (last) {
    const from = fromText(last.facts.address);
    const back = released.find(({ at }) => at >= last.at);
    if (!back) return `reserved ${from}, not confirmed: the handshake did not finish`;
    const why = releaseTexts[String(back.event.data.why)] ?? 'the handshake failed';
    return `reserved ${from}, given back after ${duration(back.at - last.at)}: ${why}`;
  }
  if (revoked)
    return issued
      ? `issued, revoked after ${duration(revoked.at - issued.at)}, never presented`
      : 'revoked, never presented';
  return 'issued, never presented';
}
