import type { AuditFilter, FilterFact } from '@admit-one/core';
import { ABSENT } from '@admit-one/port-contracts';
import type { FilledLog } from './fill-audit-log.ts';

const HOUR_MS = 3_600_000;

export const ORDERS = ['desc', 'asc', 'position'] as const;

export type Searches = Readonly<Record<string, AuditFilter>>;

const one = (fact: FilterFact, value: string): AuditFilter => ({ facts: { [fact]: { include: [value] } } });
const both = (...filters: readonly AuditFilter[]): AuditFilter => ({
  facts: Object.assign({}, ...filters.map(({ facts }) => facts)),
});

/** One of each kind, by name. */
export function searchesOf({ events }: Pick<FilledLog, 'events'>): Searches {
  const consumed = events.findLast(({ type }) => type === 'admit.ticket.consumed');
  const { principal, connection } = (consumed?.data ?? {}) as {
    principal?: { session: string; user: string | null };
    connection?: string;
  };
  return {
    everything: {},
    type: one('type', 'admit.ticket.consumed'),
    'common reason': one('reason', 'client_closed'),
    'rare reason': one('reason', 'issuer_unavailable'),
    'absent reason': one('reason', ABSENT),
    'common route': one('route', 'chat'),
    'rare route': one('route', 'rare'),
    'absent origin': one('origin', ABSENT),
    'rare agent': one(
      'agent',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/82.0',
    ),
    edge: one('edge', 'edge-3'),
    pathway: one('pathway', 'anonymous'),
    'rare attribute': { attributes: { plan: { include: ['rare'] } } },
    ticket: one('ticket', consumed?.subject ?? ''),
    'beginning of a ticket': one('ticket', (consumed?.subject ?? '').slice(0, 8)),
    'absent ticket': one('ticket', '________'),
    'one letter of tickets': one('ticket', 'A'),
    session: one('session', principal?.session ?? ''),
    'busy session': one('session', 'session-0-0'),
    'absent session': one('session', ABSENT),
    'busy user': one('user', 'user-1'),
    connection: one('connection', connection ?? ''),
    'absent trace': one('trace', 'f'.repeat(32)),
    address: one('address', '199.52.1.7'),
    prefix: one('address', '199.52.1.0/24'),
    'wide prefix': one('address', '199.52.0.0/16'),
    'absent prefix': one('address', '203.0.113.0/24'),
    'any of several facts': {
      anyOf: (['session', 'user', 'connection'] as const).map((fact) => ({ fact, value: 'user-3' })),
    },
    'two common facts': both(one('reason', 'ticket_expired'), one('edge', 'edge-0')),
    'common and rare': both(one('route', 'chat'), one('reason', 'issuer_unavailable')),
    'common and absent': both(one('route', 'chat'), one('origin', ABSENT)),
    'never together': both(one('type', 'admit.ticket.issued'), one('reason', 'ticket_expired')),
    'busy session and rare reason': both(one('session', 'session-0-0'), one('reason', 'issuer_unavailable')),
    'all but one type': { facts: { type: { exclude: ['admit.ticket.issued'] } } },
    'a negation that leaves nothing': { facts: { carrier: { exclude: ['query', 'subprotocol'] } } },
    'absent source': one('source', ABSENT),
  };
}

/** What else is asked of the log, by name. */
export function countsOf({
  log,
  to,
}: Pick<FilledLog, 'log' | 'to'>): Readonly<Record<string, () => Promise<unknown>>> {
  const range = (hours: number) => ({
    from: new Date(to - hours * HOUR_MS).toISOString(),
    to: new Date(to).toISOString(),
  });
  return {
    'counts of a day by 15 minutes': () => log.counts({ ...range(24), intervalSeconds: 900 }),
    'counts of an hour by route': () => log.counts({ ...range(1), intervalSeconds: 60, dimension: 'route' }),
    'counts of 10 days by day': () =>
      log.counts({ ...range(240), intervalSeconds: 86_400, reasons: ['ticket_expired'] }),
    'top values of an hour': () => log.topValues({ ...range(1), limit: 100 }),
    'top values of a day': () => log.topValues({ ...range(24), limit: 100 }),
    'cohorts of an hour': () => log.cohorts(range(1)),
  };
}
