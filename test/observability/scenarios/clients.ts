import { consumed, DAYS, does, HOURS, issued, MINUTE, rejected, type Scenario, SLOW } from './scenario.ts';

/** What clients, pages and attackers do. */
export const clients: readonly Scenario[] = [
  {
    title: 'somebody replays stolen tickets',
    intervalSeconds: MINUTE,
    changes: [rejected('ticket_replayed', [0, 30], [1, 40], [0])],
    checks: [
      [30, []],
      [37, ['AdmitTicketsReplayed']],
      [90, []],
    ],
  },
  {
    title: 'a replay now and then',
    intervalSeconds: MINUTE,
    changes: [rejected('ticket_replayed', [0.2])],
    checks: [[60, []]],
  },
  {
    title: 'a release of the client reuses its tickets, from everywhere',
    intervalSeconds: MINUTE,
    changes: [rejected('ticket_replayed', [0, 30], [15])],
    checks: [[50, ['AdmitClientReusesTickets'], ['AdmitTicketsReplayed']]],
  },
  {
    title: 'one network replays thousands of tickets',
    intervalSeconds: MINUTE,
    changes: [
      rejected('ticket_replayed', [0, 30], [300]),
      does('admit_rejections_largest_prefix', {}, [3, 30], [1_500]),
    ],
    checks: [[50, ['AdmitTicketsReplayed', 'AdmitPrefixRejected']]],
  },
  {
    title: 'one network is rejected 100 times in five minutes',
    intervalSeconds: MINUTE,
    changes: [does('admit_rejections_largest_prefix', {}, [100])],
    checks: [[60, []]],
  },
  {
    title: 'a deploy forgot an origin',
    intervalSeconds: MINUTE,
    changes: [does('admit_origin_blocked_largest_addresses', {}, [9, 30], [10])],
    checks: [
      [30, []],
      [33, ['AdmitOriginBlocked']],
    ],
  },
  {
    title: 'all clients reconnect at once',
    intervalSeconds: MINUTE,
    changes: [
      consumed([60, 2 * HOURS], [1_000, 2 * HOURS + 5], [60]),
      issued([61, 2 * HOURS], [1_010, 2 * HOURS + 5], [61]),
      does('admit_connection_closes_total', { code: '1006' }, [10, 2 * HOURS], [1_000, 2 * HOURS + 5], [10]),
    ],
    checks: [
      [2 * HOURS, []],
      [2 * HOURS + 5, ['AdmitReconnectStorm']],
      [2 * HOURS + 40, []],
    ],
  },
  {
    title: 'ten times as many visitors as an hour ago arrive and stay',
    intervalSeconds: MINUTE,
    changes: [consumed([60, 2 * HOURS], [600]), issued([61, 2 * HOURS], [610])],
    checks: [[2 * HOURS + 10, []]],
  },
  {
    title: 'the JWT pathway is used again after two days',
    intervalSeconds: SLOW,
    changes: [does('admit_tickets_total', { pathway: 'jwt' }, [1, HOURS], [0, 2 * DAYS], [1])],
    checks: [
      [2 * DAYS - 30, []],
      [2 * DAYS + 60, ['AdmitJwtPathwayUsed']],
    ],
  },
  {
    title: 'the JWT pathway is in use',
    intervalSeconds: SLOW,
    changes: [does('admit_tickets_total', { pathway: 'jwt' }, [1])],
    checks: [[2 * DAYS, []]],
  },
  {
    title: 'an operator uses a break-glass token',
    intervalSeconds: MINUTE,
    changes: [does('admit_break_glass_uses_total', {}, [0, 30], [1, 31], [0])],
    checks: [
      [29, []],
      [33, ['AdmitBreakGlassUsed']],
    ],
  },
  {
    title: 'a newer edge sends a reason that the audit-service does not know',
    intervalSeconds: MINUTE,
    changes: [rejected('other', [0, 30], [3])],
    checks: [
      [29, []],
      [33, ['AdmitUnknownReason']],
    ],
  },
];
