import { causesOf, endReasonOf, endText, mainReasonOf } from './causes.ts';
import {
  type Happening,
  type HappeningsOfOne,
  isRedeemed,
  lastedMs,
  lifeOf,
  livesAmong,
} from './ticket-life.ts';
import {
  isOfSameClient,
  replayClauses,
  replayReasonOf,
  replaysIn,
  UNREPORTED_END,
  type Verdict,
} from './ticket-verdict.ts';
import { duration, prefixed } from './words.ts';

/** What happened to a connection. */
export function connectionVerdict(
  connection: string,
  happenings: readonly Happening[],
  now: number,
): Verdict {
  const life = lifeOf(happenings.filter(({ facts }) => facts.connection === connection));
  const { closed, rejections } = life;
  const replays = replaysIn(life);
  const replayed = replayClauses(replays, replays.every(isOfSameClient(life)));
  return {
    clauses: [lifeClause(life, now), ...prefixed('its ticket was ', replayed)],
    reason: endReasonOf(closed) ?? replayReasonOf(replays) ?? mainReasonOf(rejections),
    about: livesAmong(happenings).at(-1),
  };
}

function lifeClause({ consumed: [opened], closed, rejections }: HappeningsOfOne, now: number): string {
  if (opened && closed)
    return `opened, closed after ${duration(lastedMs(opened, closed, now))}: ${endText(closed.event)}`;
  if (opened?.endIsReported) return `opened, open for ${duration(lastedMs(opened, closed, now))} now`;
  if (opened)
    return isRedeemed(opened)
      ? 'admitted by forward authentication, which reports no end'
      : `opened; ${UNREPORTED_END}`;
  if (closed) return `closed: ${endText(closed.event)}; its opening is not in the audit log`;
  return rejections.length > 0 ? `not opened: ${causesOf(rejections)}` : 'not opened';
}
