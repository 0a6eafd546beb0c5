import { isReason, type Reason, type ReceivedEvent, reasonRow } from '@admit-one/core';
import { type Happening, isOfBlockedPage, type Rejection } from './ticket-life.ts';
import { grouped, listed, shown, times } from './words.ts';

/** How many causes or addresses a verdict names. */
const MAX_NAMED = 3;

/** What happened for a reason, as a clause: the first sentence of its meaning. */
export function phraseOf(reason: Reason): string {
  const [first = ''] = reasonRow(reason).meaning.split(/\.(?: |$)/);
  const startsWithName = /^[A-Z]{2}/.test(first);
  return startsWithName ? first : first.charAt(0).toLowerCase() + first.slice(1);
}

/** Why rejections happened, the most frequent cause first, with counts where there are several. */
export function causesOf(rejections: readonly Rejection[]): string {
  const causes = groupsOf(rejections, causeOf);
  if (causes.length === 1) return causes[0]?.key ?? '';
  const named = causes
    .slice(0, MAX_NAMED)
    .map(({ key, count }) => (count > 1 ? `${key} (${times(count)})` : key));
  const others = causes.length - named.length;
  return listed(others > 0 ? [...named, `${others} other ${others === 1 ? 'cause' : 'causes'}`] : named);
}

/** The most frequent reason. */
export function mainReasonOf(rejections: readonly Rejection[]): Reason | null {
  return groupsOf(rejections, ({ reason }) => reason)[0]?.key ?? null;
}

/** The largest group first; of groups of one size, the one that appears first. */
function groupsOf<Key>(rejections: readonly Rejection[], keyOf: (rejection: Rejection) => Key) {
  return [...grouped(rejections, keyOf)]
    .map(([key, group]) => ({ key, count: countOf(group) }))
    .sort((a, b) => b.count - a.count);
}

function causeOf(rejection: Rejection): string {
  if (!isOfBlockedPage(rejection)) return phraseOf(rejection.reason);
  const { origin } = rejection.facts;
  if (origin === null) return 'the request has no Origin header, and REQUIRE_ORIGIN asks for one';
  return `the browser's origin ${shown(origin)} is blocked`;
}

export function countOf(rejections: readonly Rejection[]): number {
  return rejections.reduce((sum, { count }) => sum + count, 0);
}

/** How often rejections came from which addresses: `twice from 203.0.113.9 and once from 203.0.113.10`. */
export function sourcesOf(rejections: readonly Rejection[]): string {
  const sources = groupsOf(rejections, ({ facts }) => fromText(facts.address));
  const named = sources.slice(0, MAX_NAMED).map(({ key, count }) => `${times(count)} ${key}`);
  const others = sources.slice(MAX_NAMED);
  if (others.length === 0) return listed(named);
  const rest = others.reduce((sum, { count }) => sum + count, 0);
  return listed([...named, `${times(rest)} from ${others.length} other addresses`]);
}

export function fromText(address: string | null): string {
  return address === null ? 'from an unknown address' : `from ${shown(address)}`;
}

/** The reason why a connection was closed, where the edge had one. */
export function endReasonOf(closed: Happening | undefined): Reason | null {
  const reason = closed?.facts.reason;
  return isReason(reason) ? reason : null;
}

const CLOSED_BY: Readonly<Record<string, string>> = { client: 'the client', backend: 'the application' };

/** Who ended a connection, and why. */
export function endText({ data }: ReceivedEvent): string {
  const { reason, initiator, code, closeText } = data;
  if (isReason(reason)) return phraseOf(reason);
  if (initiator === 'network') return 'the network connection was lost';
  const text = typeof closeText === 'string' && closeText !== '' ? `, ${shown(closeText)}` : '';
  const how = typeof code === 'number' ? ` (code ${code}${text})` : '';
  return `${CLOSED_BY[String(initiator)] ?? 'the edge'} closed it${how}`;
}
