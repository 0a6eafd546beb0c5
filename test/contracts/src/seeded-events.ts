import { createHash } from 'node:crypto';
import { type EventType, numbered, type ReceivedEvent } from '@admit-one/core';
import { newEvent } from './sample-events.ts';

export interface SeededEventsOptions {
  readonly count: number;
  /** Unix milliseconds of the first. */
  readonly from: number;
  /** Unix milliseconds, exclusive. */
  readonly to: number;
}

/** Occurs in no event. */
export const ABSENT = 'absent';

/** How often a rare value occurs: once in so many visits. */
const RARE = 2_000;

const STREAM_PARTITIONS = 16;

/**
 * The same events for the same options: visits of a ticket's life or of a rejection, in the order of time but for some that are
 * late. Values are as uneven as those of an installation: some edges and routes, many users, most agents rare.
 */
export function* seededEvents({ count, from, to }: SeededEventsOptions): Generator<ReceivedEvent> {
  const random = randomNumbers(count);
  const sequences = new Map<string, number>();
  let made = 0;
  for (let visit = 0; made < count; visit += 1) {
    let issuedAt: number | undefined;
    for (const { reportedBy, data, ...step } of stepsOf(visit, random)) {
      if (made === count) return;
      const spread = ((made + random() * 3) / (count + 3)) * (to - from);
      const isLate = random() < 0.01;
      const time = Math.floor(from + (isLate ? spread * random() : spread));
      const partitionkey = reportedBy ?? `p${String(visit % STREAM_PARTITIONS).padStart(2, '0')}.seeded`;
      const sequence = (sequences.get(partitionkey) ?? 0) + 1;
      sequences.set(partitionkey, sequence);
      made += 1;
      issuedAt ??= time;
      const ofTicket = step.type.startsWith('admit.ticket.') ? { issuedAt } : {};
      yield numbered(newEvent({ ...step, time, data: { ...data, ...ofTicket } }), partitionkey, sequence);
    }
  }
}

interface Step {
  readonly type: EventType;
  readonly source: string;
  readonly subject: string;
  readonly traceparent: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** The instance that numbers the event; undefined: the store. */
  readonly reportedBy?: string;
}

/** Common rejections, most frequent first. */
const reasons = ['ticket_expired', 'ticket_unknown', 'ticket_replayed', 'origin_blocked', 'rate_limited'];

function stepsOf(visit: number, random: () => number): readonly Step[] {
  const rank = (size: number) => Math.floor(size * random() ** 3);
  const name = (kind: string) => createHash('sha256').update(`${kind} ${visit}`).digest('base64url');
  const user = rank(Math.max(10, visit / 20));
  const isRare = visit % RARE === RARE - 1;
  const edge = `edge-${rank(4)}`;
  const route = isRare ? 'rare' : (['chat', 'feed', 'quotes'][rank(3)] as string);
  const principal = {
    issuer: ['main', 'partners'][rank(2)],
    session: `session-${user}-${rank(3)}`,
    user: user % 7 === 0 ? null : `user-${user}`,
    kid: `key-${rank(3)}`,
    attributes: { plan: isRare ? 'rare' : ['free', 'team', 'enterprise'][rank(3)] },
    ...(visit % 10 === 3 && { synthetic: true }),
  };
  const context = {
    address:
      random() < 0.2
        ? `2001:db8:${(user % 4_000).toString(16)}:${rank(16).toString(16)}::${rank(50).toString(16)}`
        : `${198 + (user % 5)}.${51 + (user % 3)}.${user % 250}.${rank(250)}`,
    origin: ['https://app.example', 'https://www.example', 'https://preview.example'][rank(3)],
    agent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${140 - rank(60)}.0`,
    route,
    carrier: ['query', 'subprotocol'][rank(2)],
    edge,
  };
  const ticket = name('ticket');
  const connection = `${edge}.${name('connection').slice(0, 22)}`;
  const pathway = rank(10) === 9 ? 'anonymous' : 'token';
  const trace = createHash('md5').update(`trace ${visit}`).digest('hex');
  const client = `browser/1.${rank(3)}.0`;
  const of = (type: EventType, subject: string, data: object, reportedBy?: string): Step => ({
    type,
    source: reportedBy ?? 'ticket-service-1',
    subject,
    traceparent: `00-${trace}-00f067aa0ba902b7-01`,
    data: { principal, context, pathway, client, ...data },
    ...(reportedBy && { reportedBy }),
  });
  const reason = isRare ? 'issuer_unavailable' : reasons[rank(reasons.length)];
  const issued = of('admit.ticket.issued', ticket, {});
  if (random() < 0.15) return [issued, of('admit.ticket.rejected', ticket, { reason })];
  if (random() < 0.15) {
    const count = random() < 0.1 ? 1 + rank(100) : 1;
    return [of('admit.handshake.rejected', connection, { reason, principal: null, count }, edge)];
  }
  return [
    issued,
    of('admit.ticket.reserved', ticket, { reservation: 1 }),
    of('admit.ticket.consumed', ticket, { connection }),
    of('admit.connection.closed', connection, { reason: ['client_closed', 'token_expired'][rank(2)] }, edge),
  ];
}

/** Mulberry32: from 0 to below 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
