import { type Reason, type ReceivedEvent, reasonRow, reasons } from '@admit-one/core';
import { describe, expect, it } from 'vitest';
import { phraseOf } from './causes.ts';
import {
  admission,
  gateAdmission,
  issuanceRejected,
  T0,
  THIEF,
  ticketEvents,
  VICTIM,
} from './story.fixture.ts';
import { type StoryKind, storyOf } from './story.ts';

const t = ticketEvents();
const u = ticketEvents('t-2');
const v = ticketEvents('t-3');
const w = ticketEvents('t-4');
const NOW = T0 + 60_000;
const NEW = 'https://new.example';
const thief = { address: THIEF, agent: 'curl' };
const byClient = { code: 1000, closeText: '', initiator: 'client', reason: null };
const noEdge = { initiator: 'edge', reason: 'edge_lost', durationMs: 2_000 };

function tell(kind: StoryKind, events: readonly ReceivedEvent[], id = 't-1') {
  return storyOf(kind, id, { events, edgesWithoutReports: new Set(['gate']), now: NOW });
}

type Row = readonly [
  verdict: string,
  stage: string | null,
  reason: string | null,
  ...events: ReceivedEvent[],
];

describe('the story of a ticket', () => {
  it.for<Row>([
    ['The audit log has no event of this ticket.', null, null],
    ['Issued, never presented.', 'issued', null, t.issued()],
    [
      'Issued, never presented; before that, the client reported connection_lost (code 1006) while connecting.',
      'issued',
      null,
      t.issued(0, {
        lastFailure: { code: 1006, reason: 'connection_lost', phase: 'connecting', attempts: 3 },
      }),
    ],
    ['Issued, revoked after 12 s, never presented.', 'issued', null, t.issued(), t.revoked(12_000)],
    [
      `Issued, never presented: the browser's origin ${NEW} is blocked.`,
      'issued',
      'origin_blocked',
      t.issued(),
      t.blocked(20, NEW),
      t.blocked(2_000, NEW),
    ],
    [
      'Issued, never presented: the request has no Origin header, and REQUIRE_ORIGIN asks for one.',
      'issued',
      'origin_blocked',
      t.issued(),
      t.blocked(20, null),
    ],
    [
      'Presented, rejected: the path names no endpoint and no configured route.',
      'presented',
      'route_unknown',
      t.issued(),
      t.blocked(20, NEW, 'route_unknown'),
    ],
    [
      'Presented, rejected: the ticket was presented after its lifetime.',
      'presented',
      'ticket_expired',
      t.issued(),
      t.rejected(31_000, 'ticket_expired'),
    ],
    [
      'Presented 3 times, rejected: the ticket was issued for another route (twice) and the ticket was presented after its lifetime.',
      'presented',
      'route_mismatch',
      t.issued(),
      t.rejected(10, 'route_mismatch'),
      t.rejected(20, 'route_mismatch'),
      t.rejected(31_000, 'ticket_expired'),
    ],
    [
      `Reserved from ${VICTIM}, given back after 500 ms: the client went away.`,
      'reserved',
      null,
      t.issued(),
      t.reserved(100),
      t.released(600, 'client_gone'),
    ],
    [
      `Reserved from ${VICTIM}, not confirmed: the handshake did not finish.`,
      'reserved',
      null,
      t.issued(),
      t.reserved(100),
    ],
    [
      `Admitted once from ${VICTIM}; closed after 1 s: the client closed it (code 1000).`,
      'consumed',
      null,
      ...admission(t),
      t.closed(1_040, { ...byClient, durationMs: 1_000 }),
    ],
    [
      `Admitted once from ${VICTIM}; closed after 11 s: the edge stopped or fell silent, and did not report how this connection ended.`,
      'stayed',
      'edge_lost',
      ...admission(t),
      t.closed(11_040, { ...noEdge, durationMs: 11_000 }),
    ],
    [`Admitted once from ${VICTIM}; open for 60 s now.`, 'stayed', null, ...admission(t)],
    [
      `Admitted once from ${VICTIM}; its server does not report when its connections end.`,
      'consumed',
      null,
      ...gateAdmission(t),
    ],
    [
      `Admitted once from ${VICTIM}; its server does not report when its connections end.`,
      'consumed',
      null,
      ...gateAdmission(t, 0, null),
    ],
    [
      `Admitted once from ${VICTIM}; closed after 11 s: the client closed it (code 1000).`,
      'stayed',
      null,
      ...gateAdmission(t),
      t.closed(11_040, { ...byClient, durationMs: 11_000 }),
    ],
    [
      `Admitted once from ${VICTIM}.`,
      'consumed',
      null,
      t.issued(),
      t.reserved(10),
      t.consumed(10, { handshake: 'h', connection: 'h' }),
    ],
    [
      `Admitted once from ${VICTIM}; replayed twice from ${THIEF}; both rejected.`,
      'stayed',
      'ticket_replayed',
      ...admission(t),
      t.rejected(200, 'ticket_replayed', thief),
      t.rejected(300, 'ticket_replayed', thief),
    ],
    [
      `Admitted once from ${VICTIM}; replayed twice from ${THIEF} and once from an unknown address; all rejected.`,
      'stayed',
      'ticket_replayed',
      ...admission(t),
      t.rejected(200, 'ticket_replayed', { address: null }),
      t.rejected(300, 'ticket_replayed', thief),
      t.rejected(400, 'ticket_replayed', thief),
    ],
    [
      `Admitted once from ${VICTIM}; replayed once from ${VICTIM}; rejected: the same client presents a ticket again.`,
      'stayed',
      'ticket_replayed',
      ...admission(t),
      t.rejected(200, 'ticket_replayed'),
    ],
    [
      `Admitted once from ${VICTIM}; replayed twice from ${THIEF}; both rejected.`,
      'stayed',
      'ticket_replayed',
      ...admission(t),
      t.rejected(30, 'ticket_in_use', thief),
      t.rejected(300, 'ticket_replayed', thief),
    ],
    [
      `Admitted once from ${VICTIM}; also rejected once: a late copy of a message about a handshake that was admitted already.`,
      'stayed',
      'ticket_duplicate',
      ...admission(t),
      t.rejected(300, 'ticket_duplicate'),
    ],
    [
      `Admitted twice from ${VICTIM}; open for 60 s now.`,
      'stayed',
      null,
      ...admission(t),
      t.consumed(100, { connection: 'another' }),
    ],
  ])('%s', ([verdict, stage, reason, ...events]) => {
    expect(tell('ticket', events)).toMatchObject({ verdict, stage, reason, kind: 'ticket', id: 't-1' });
  });

  it('has its events in order, once each, with the time since the first', () => {
    const [issued, reserved, consumed] = admission(t) as [ReceivedEvent, ReceivedEvent, ReceivedEvent];
    expect(tell('ticket', [consumed, issued, reserved, issued]).events).toEqual([
      { ...issued, sinceMs: 0 },
      { ...reserved, sinceMs: 20 },
      { ...consumed, sinceMs: 40 },
    ]);
  });

  it('names the addresses of most replays, and counts the others', () => {
    const replays = [1, 2, 3, 4, 5].map((n) =>
      t.rejected(n, 'ticket_replayed', { address: `203.0.113.${n}` }),
    );
    expect(tell('ticket', [...admission(t), ...replays]).verdict).toContain(
      'replayed once from 203.0.113.1, once from 203.0.113.2, once from 203.0.113.3 and twice from 2 other addresses; all rejected',
    );
  });

  it('counts a folded rejection as what it stands for', () => {
    const folded = t.rejected(200, 'ticket_replayed', thief);
    const events = [...admission(t), { ...folded, data: { ...folded.data, ticketId: 't-1', count: 12 } }];
    expect(tell('ticket', events).verdict).toContain(`replayed 12 times from ${THIEF}; all rejected`);
  });
});

describe('the story of a session or a user', () => {
  it.for<Row>([
    ['The audit log has no event of this session.', null, null],
    [
      `Issued 4 times, never presented: the browser's origin ${NEW} is blocked.`,
      'issued',
      'origin_blocked',
      ...[t, u, v, w].flatMap((of, n) => [of.issued(n * 1_000), of.blocked(n * 1_000 + 20, NEW)]),
    ],
    ['Issued twice, never presented.', 'issued', null, t.issued(), u.issued(1_000)],
    [
      'The audit log has no ticket of this session.',
      null,
      null,
      { ...t.issued(), type: 'admit.session.revoked', subject: 's-1' },
    ],
    [
      'Issued once, never presented; before that, the client reported "\\u001b[2J" (code 1006).',
      'issued',
      null,
      t.issued(0, { lastFailure: { code: 1006, reason: '\u001b[2J', phase: 'x' } }),
    ],
    [
      'Issued twice, presented twice, never admitted: the ticket was issued for another route.',
      'presented',
      'route_mismatch',
      ...[t, u].flatMap((of) => [of.issued(), of.rejected(20, 'route_mismatch')]),
    ],
    [
      'Issued once, presented once, never admitted: the handshakes did not finish.',
      'reserved',
      null,
      t.issued(),
      t.reserved(10),
    ],
    [
      'Asked for a ticket twice and rejected: the rate limit of a client was reached.',
      null,
      'rate_limited',
      issuanceRejected(0, 'rate_limited'),
      issuanceRejected(100, 'rate_limited'),
    ],
    [
      `Admitted twice; since then issued once, never presented: the browser's origin ${NEW} is blocked.`,
      'issued',
      'origin_blocked',
      ...admission(t),
      ...admission(u, 1_000),
      v.issued(2_000),
      v.blocked(2_020, NEW),
    ],
    [
      'Admitted once; since then asked for a ticket once and rejected: the outbox is at its bound: the relay does not get events out, and nothing continues unaudited.',
      'stayed',
      'outbox_full',
      ...admission(t),
      issuanceRejected(2_000, 'outbox_full'),
    ],
    [
      'Admitted twice; the last connection closed after 1 s: the network connection was lost.',
      'consumed',
      null,
      ...admission(t),
      ...admission(u, 1_000),
      u.closed(2_040, { code: 1006, initiator: 'network', reason: null, durationMs: 1_000 }),
    ],
    ['Admitted once; the last connection is open for 60 s now.', 'stayed', null, ...admission(t)],
    [
      'Admitted twice; its server does not report when its connections end.',
      'consumed',
      null,
      ...gateAdmission(t),
      ...gateAdmission(u, 1_000, null),
    ],
    [
      'Admitted once; since then issued once, never presented.',
      'issued',
      null,
      ...gateAdmission(t),
      u.issued(2_000),
    ],
    [
      'Admitted once; the last connection is open for 60 s now.',
      'stayed',
      null,
      ...admission(t),
      u.issued(2_000),
    ],
    [
      'Admitted once; since then issued once, never presented.',
      'issued',
      null,
      ...admission(t),
      t.closed(1_040, { ...byClient, durationMs: 1_000 }),
      u.issued(2_000),
    ],
    [
      'Admitted once; the last connection closed after 2 s: the edge stopped or fell silent, and did not report how this connection ended; since then issued once, never presented.',
      'issued',
      null,
      ...admission(t),
      t.closed(2_040, noEdge),
      u.issued(3_000),
    ],
    [
      `Admitted once; also rejected once: the ticket was issued for another route; since then issued once, never presented.`,
      'issued',
      null,
      u.issued(0),
      u.rejected(10, 'route_mismatch'),
      ...admission(t, 20),
      t.closed(1_040, { ...byClient, durationMs: 1_000 }),
      v.issued(2_000),
    ],
    [
      `Admitted once; also rejected twice: the browser's origin ${NEW} is blocked and the ticket was issued for another route; the last connection is open for 58 s now.`,
      'stayed',
      'origin_blocked',
      t.issued(),
      t.blocked(20, NEW),
      ...admission(u, 2_000),
      u.rejected(2_010, 'route_mismatch'),
    ],
    [
      `Admitted twice; replayed twice from ${VICTIM}; both rejected: the same client presents a ticket again; the last connection is open for 59 s now.`,
      'stayed',
      'ticket_replayed',
      ...admission(t),
      ...admission(u, 1_000),
      t.rejected(3_000, 'ticket_replayed'),
      u.rejected(3_000, 'ticket_replayed'),
    ],
  ])('%s', ([verdict, stage, reason, ...events]) => {
    expect(tell('session', events, 's-1')).toMatchObject({ verdict, stage, reason });
    const ofUser = verdict.replace('session', 'user');
    expect(tell('user', events, 'u-1')).toMatchObject({ verdict: ofUser, stage, reason });
  });

  it('says where to look when nothing is presented, and not while a connection is open', () => {
    expect(tell('user', [t.issued()]).whatToDo).toContain('the upgrade reached no edge');
    expect(tell('user', [...admission(t), u.issued(2_000)]).whatToDo).toBeNull();
  });

  it('says what to do about what failed last, not about a connection that ended before', () => {
    const events = [...admission(t), t.closed(2_040, noEdge), u.issued(3_000)];
    expect(tell('user', events).whatToDo).toContain('the upgrade reached no edge');
    expect(tell('user', events.slice(0, -1)).whatToDo).toContain('Find out why the edge ended');
  });

  it.each<[string, StoryKind, readonly ReceivedEvent[]]>([
    ['a revoked ticket', 'ticket', [t.issued(), t.revoked(12_000)]],
    ['a connection whose opening is unknown', 'connection', [t.closed(1_000, byClient)]],
  ])('does not say where to look for %s', (_, kind, events) => {
    expect(tell(kind, events, kind === 'connection' ? 'c-t-1' : 't-1').whatToDo).toBeNull();
  });

  it('names a gate that may have rejected what was never presented', () => {
    expect(tell('ticket', [t.issued()]).whatToDo).toContain(
      'a server with @admit-one/gate rejected it before it asked: search its onRejected log for the ticket id',
    );
  });

  it('has the story of each ticket in short', () => {
    const events = [...admission(t), u.issued(2_000), u.blocked(2_020, NEW)];
    expect(tell('session', events, 's-1').tickets).toEqual([
      { ticketId: 't-1', stage: 'stayed', verdict: `Admitted once from ${VICTIM}; open for 60 s now.` },
      {
        ticketId: 't-2',
        stage: 'issued',
        verdict: `Issued, never presented: the browser's origin ${NEW} is blocked.`,
      },
    ]);
  });

  it('has what the client reported last', () => {
    const report = { code: null, reason: 'token_failed', phase: 'token', attempts: 1 };
    const events = [
      t.issued(0, { lastFailure: { reason: 'older' } }),
      u.issued(1, { lastFailure: report }),
      v.issued(2),
    ];
    expect(tell('user', events).lastFailure).toEqual(report);
  });
});

describe('the story of a connection', () => {
  it.for<Row>([
    ['The audit log has no event of this connection.', null, null],
    [
      'Opened, closed after 1 s: the client closed it (code 4321, enough).',
      'consumed',
      null,
      ...admission(t),
      t.closed(1_040, { code: 4321, closeText: 'enough', initiator: 'client', durationMs: 1_000 }),
    ],
    [
      'Opened, closed after 1 s: the client closed it (code 1000, "\\u001b[2J \\"bye\\"").',
      'consumed',
      null,
      ...admission(t),
      t.closed(1_040, { ...byClient, closeText: '\\u001b[2J "bye"', durationMs: 1_000 }),
    ],
    [
      'Opened, closed after 30 s: the token of a live connection expired and was not renewed.',
      'stayed',
      'session_expired',
      ...admission(t),
      t.closed(30_040, { code: 4408, initiator: 'edge', reason: 'session_expired', durationMs: 30_000 }),
    ],
    [
      'Opened, closed after 1 s: the edge closed it (code 1006, "no pong").',
      'consumed',
      null,
      ...admission(t),
      t.closed(1_040, {
        code: 1006,
        closeText: 'no pong',
        initiator: 'edge',
        reason: null,
        durationMs: 1_000,
      }),
    ],
    [
      'Opened, closed after 3 s: the client closed it (code 1000).',
      'consumed',
      null,
      ...admission(t),
      t.closed(2_000, noEdge),
      t.closed(3_040, { ...byClient, durationMs: 3_000 }),
    ],
    ['Opened, open for 60 s now.', 'stayed', null, ...admission(t)],
    ['Opened; its server does not report when its connections end.', 'consumed', null, ...gateAdmission(t)],
    [
      'Opened; its server does not report when its connections end.',
      'consumed',
      null,
      ...gateAdmission(t, 0, null),
    ],
    [
      'Admitted by forward authentication, which reports no end.',
      'consumed',
      null,
      t.issued(),
      t.consumed(10, { handshake: 'c-t-1' }),
    ],
    [
      `Opened, open for 60 s now; its ticket was replayed once from ${THIEF}; rejected.`,
      'stayed',
      'ticket_replayed',
      ...admission(t),
      t.rejected(500, 'ticket_replayed', thief),
    ],
    [
      'Closed: the client closed it (code 1000); its opening is not in the audit log.',
      'consumed',
      null,
      t.closed(1_000, { ...byClient, durationMs: 900 }),
    ],
    [
      'Not opened: the confirm came when another handshake or connection held the ticket.',
      'presented',
      'reservation_lost',
      t.rejected(10, 'reservation_lost'),
    ],
    ['Not opened.', 'issued', null, { ...t.closed(0, {}), type: 'admit.connection.renewed' }],
  ])('%s', ([verdict, stage, reason, ...events]) => {
    expect(tell('connection', events, 'c-t-1')).toMatchObject({ verdict, stage, reason });
  });
});

describe('hostile values', () => {
  const hostile = [
    'line\r\nbreak',
    '\u001b[31mred',
    'a\u202eb',
    'x'.repeat(512),
    '\u0000',
    'says "; admitted once from 127.0.0.1',
    `${'\n'.repeat(512)}`,
    '\ud800',
  ];
  it.each(hostile)('stay on one line, and short: %j', (value) => {
    const stories = [
      tell('ticket', [t.issued(), t.blocked(1, value)]),
      tell('ticket', [
        ...admission(ticketEvents('t-1', value)),
        t.rejected(99, 'ticket_replayed', { address: value }),
      ]),
      tell(
        'connection',
        [...admission(t), t.closed(50, { code: 1000, closeText: value, initiator: 'client' })],
        'c-t-1',
      ),
      tell('session', [t.issued(0, { lastFailure: { reason: value, code: value, phase: value } })]),
    ];
    for (const { verdict } of stories) {
      expect(verdict).toMatch(/^[\x20-\x7e…]{1,1600}$/);
      expect(verdict).not.toContain('; admitted once from 127.0.0.1;');
    }
  });

  it.each([
    {},
    { context: [] },
    { reason: 'of a later version' },
    { count: 'x', reason: 1, initiator: {}, code: [] },
  ])('members of another form do not break a story: %j', (data) => {
    const types = ['issued', 'reserved', 'released', 'consumed', 'rejected', 'revoked'] as const;
    const events = types.map((name) => ({
      ...t.issued(),
      id: name,
      type: `admit.ticket.${name}` as const,
      data,
    }));
    for (const kind of ['ticket', 'session', 'user', 'connection'] as const)
      expect(tell(kind, events).verdict).toMatch(/^[A-Z].*\.$/);
  });
});

describe('every reason', () => {
  const all = Object.keys(reasons) as Reason[];
  it.each(all)('%s has a clause and a remedy in a verdict', (reason) => {
    const { verdict, whatToDo } = tell('ticket', [t.issued(), t.rejected(10, reason)]);
    expect(verdict).toMatch(/^(Presented, rejected|Issued, never presented): .{10,160}[^.]\.$/);
    expect(whatToDo).toContain(reasonRow(reason).remedy);
    expect(phraseOf(reason)).toMatch(/^([a-z]|JWT)[^\n]{10,}[^.]$/);
  });
});
