import { type AuditFilter, eventTypes, proofOf, reasons, ticketIdOf } from '@admit-one/core';
import { describe, expect, test } from 'vitest';
import { parametersOf } from './parameters.ts';
import { readFilter } from './read-filter.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const ticket = '0123456789abcdef0123456789abcdef';
const ticketId = ticketIdOf(proofOf(ticket));
const trace = '0af7651916cd43dd8448eb211c80319c';

/** As the framework parses it: a repeated parameter is a list. */
function filterOf(query: string): AuditFilter {
  const given = new URLSearchParams(query);
  const names = [...new Set(given.keys())];
  const parsed = names.map((name) => {
    const values = given.getAll(name);
    return [name, values.length > 1 ? values : values[0]];
  });
  return readFilter(parametersOf(Object.fromEntries(parsed)), now);
}

const include = (...values: string[]) => ({ include: values });
const exclude = (...values: string[]) => ({ exclude: values });

describe('a query is a filter', () => {
  test.each<[string, AuditFilter]>([
    ['', { facts: {} }],
    ['type=admit.ticket.issued', { facts: { type: include('admit.ticket.issued') } }],
    [
      'reason=ticket_replayed&reason=rate_limited',
      { facts: { reason: include('ticket_replayed', 'rate_limited') } },
    ],
    ['reason!=ticket_replayed', { facts: { reason: exclude('ticket_replayed') } }],
    ['user=ann&user!=bob', { facts: { user: { ...include('ann'), ...exclude('bob') } } }],
    ["user=' OR 1=1 --", { facts: { user: include("' OR 1=1 --") } }],
    [`ticket=${ticketId}`, { facts: { ticket: include(ticketId) } }],
    ['ticket=u7lqBqkC', { facts: { ticket: include('u7lqBqkC') } }],
    [`ticket=${ticket}`, { facts: { ticket: include(ticketId) } }],
    [`q=ticket.${ticket}`, { facts: { ticket: include(ticketId) } }],
    [`q=wss://h/ws?ticket=${ticket}`, { facts: { ticket: include(ticketId) } }],
    [`ticket!=${ticket}`, { facts: { ticket: exclude(ticketId) } }],
    ['carrier=query&pathway=ticket', { facts: { pathway: include('ticket'), carrier: include('query') } }],
    ['address=203.0.113.7', { facts: { address: include('203.0.113.7') } }],
    ['address=::ffff:203.0.113.7', { facts: { address: include('203.0.113.7') } }],
    ['address=203.0.113.7/24', { facts: { address: include('203.0.113.0/24') } }],
    [
      'address=2001:DB8::1&address!=2001:db8:0:0::/48',
      { facts: { address: { ...include('2001:db8::1'), ...exclude('2001:db8::/48') } } },
    ],
    [`trace=${trace.toUpperCase()}`, { facts: { trace: include(trace) } }],
    ['attribute.plan=pro', { facts: {}, attributes: { plan: include('pro') } }],
    [
      'attribute.plan!=pro&attribute.a.b=c',
      { facts: {}, attributes: { plan: exclude('pro'), 'a.b': include('c') } },
    ],
    ['from=2026-01-31T11:00:00Z', { facts: {}, from: '2026-01-31T11:00:00Z' }],
    [
      'from=2026-01-31T11:00:00%2B01:00&to=2026-01-31T10:00:00.0005Z',
      { facts: {}, from: '2026-01-31T11:00:00+01:00', to: '2026-01-31T10:00:00.0005Z' },
    ],
    ['from=-2h&to=-30m', { facts: {}, from: '2026-01-31T10:00:00.000Z', to: '2026-01-31T11:30:00.000Z' }],
    ['from=-90s&to=now', { facts: {}, from: '2026-01-31T11:58:30.000Z', to: '2026-01-31T12:00:00.000Z' }],
    ['from=-1w&to=-1d', { facts: {}, from: '2026-01-24T12:00:00.000Z', to: '2026-01-30T12:00:00.000Z' }],
    ['from=now&to=now', { facts: {}, from: '2026-01-31T12:00:00.000Z', to: '2026-01-31T12:00:00.000Z' }],
    ['q=203.0.113.7', { facts: { address: include('203.0.113.7') } }],
    ['q=203.0.113.7&user=ann', { facts: { user: include('ann'), address: include('203.0.113.7') } }],
    [
      'q=203.0.113.7&address=203.0.113.0/24',
      { facts: { address: include('203.0.113.0/24') }, anyOf: [{ fact: 'address', value: '203.0.113.7' }] },
    ],
    [`q=00-${trace}-b7ad6b7169203331-01`, { facts: { trace: include(trace) } }],
  ])('?%s', (query, filter) => {
    expect(filterOf(query)).toEqual(filter);
  });

  test.each(eventTypes)('?type=%s', (type) => {
    expect(filterOf(`type=${type}`)).toEqual({ facts: { type: include(type) } });
  });

  test.each(Object.keys(reasons))('?reason=%s', (reason) => {
    expect(filterOf(`reason=${reason}`)).toEqual({ facts: { reason: include(reason) } });
  });

  test('an attribute may have any name', () => {
    const { attributes } = filterOf('attribute.__proto__=x');
    expect(Object.entries(attributes ?? {})).toEqual([['__proto__', include('x')]]);
  });
});

describe('an invalid query is rejected with what is wrong', () => {
  const time =
    ' must be a date and time of RFC 3339, such as 2026-01-31T12:00:00Z (in a URL, + is %2B), or a time before now, such as -2h (s, m, h, d or w), or now.';
  const address = 'address must be an IP address or a prefix, such as 203.0.113.0/24.';
  const beginning =
    'ticket must be a ticket id or its first 8 or more characters (A-Z, a-z, 0-9, - and _), such as u7lqBqkCwD.';

  test.each<[string, string]>([
    [
      'type=admit.ticket.eaten',
      `type must be one of ${eventTypes.join(', ')}, such as admit.ticket.rejected.`,
    ],
    ['reason=x', `reason must be one of ${Object.keys(reasons).join(', ')}, such as ticket_replayed.`],
    [
      'reason!=toString',
      `reason must be one of ${Object.keys(reasons).join(', ')}, such as ticket_replayed.`,
    ],
    ['reason=ORIGIN_BLOCKED', 'reason has no such value: did you mean origin_blocked?'],
    ['reason!=origin-blocked', 'reason has no such value: did you mean origin_blocked?'],
    ['reason=origin_bloked', 'reason has no such value: did you mean origin_blocked?'],
    ['reason=replayed', 'reason has no such value: did you mean ticket_replayed?'],
    ['type=ticket.issued', 'type has no such value: did you mean admit.ticket.issued?'],
    ['carrier=Query', 'carrier has no such value: did you mean query?'],
    ['carrier=cookie', 'carrier must be one of query, subprotocol, message, such as query.'],
    ['pathway=x', 'pathway must be one of ticket, jwt, such as ticket.'],
    ['ticket=u7lqBqk', beginning],
    ['ticket=u7lqBqk%25', beginning],
    [`ticket=${ticketId}x`, beginning],
    ['trace=0af7', 'trace must be a trace id: 32 hex digits, such as 0af7651916cd43dd8448eb211c80319c.'],
    ['address=unknown', address],
    ['address=203.0.113.0/33', address],
    ['address=203.0.113', address],
    ['address!=010.0.0.1', address],
    ['user=', 'user must not be empty.'],
    ['user!=', 'user! must not be empty.'],
    ['user=ann&user=', 'user must not be empty.'],
    ['q=', 'q must not be empty.'],
    ['q=%20', 'q must not be empty.'],
    ['from=', 'from must not be empty.'],
    [`user=${'x'.repeat(513)}`, 'user must have at most 512 characters.'],
    [`attribute.plan=${'x'.repeat(513)}`, 'attribute.plan must have at most 512 characters.'],
    ['user=%00', 'user must not contain control characters, such as line breaks and NUL.'],
    ['agent=a%0D%0Ab', 'agent must not contain control characters, such as line breaks and NUL.'],
    ['q=a%0Ab', 'q must not contain control characters, such as line breaks and NUL.'],
    [
      `attribute.${ticket}=%00`,
      'attribute.… must not contain control characters, such as line breaks and NUL.',
    ],
    [`attribute.x${ticket}=`, 'attribute.x… must not be empty.'],
    ['attribute.=x', 'attribute. must be followed by a name, such as attribute.plan=pro.'],
    ['attribute.!=x', 'attribute. must be followed by a name, such as attribute.plan=pro.'],
    ['attribute.plan=', 'attribute.plan must not be empty.'],
    [`${'user=x&'.repeat(51)}`, 'user must have at most 50 values.'],
    [
      Array.from({ length: 21 }, (_, n) => `attribute.a${n}=x`).join('&'),
      'There must be conditions on at most 20 attributes.',
    ],
    ['q=a&q=b', 'q must be given once.'],
    ['from=-1h&from=-2h', 'from must be given once.'],
    ['from=yesterday', `from${time}`],
    ['from=-2', `from${time}`],
    ['from=2h', `from${time}`],
    ['from=-2M', `from${time}`],
    ['from=-1.5h', `from${time}`],
    ['from=-999999999w', `from${time}`],
    ['from=2026-01-31', `from${time}`],
    ['from=2026-02-30T00:00:00Z', `from${time}`],
    ['from=2016-12-31T23:59:60Z', `from${time}`],
    ['from=0000-01-01T00:00:00%2B23:59', `from${time}`],
    ['to=9999-12-31T23:59:59-23:59', `to${time}`],
    ['to=2026-01-31T12:00:00', `to${time}`],
    ['to=2026-01-31T12:00:00+01:00', `to${time}`],
    [
      'from=-1h&to=-2h',
      'from must not be after to (got 2026-01-31T11:00:00.000Z and 2026-01-31T10:00:00.000Z).',
    ],
    [
      'from=2026-01-31T12:00:00%2B01:00&to=2026-01-31T10:59:59Z',
      'from must not be after to (got 2026-01-31T12:00:00+01:00 and 2026-01-31T10:59:59Z).',
    ],
  ])('?%s', (query, detail) => {
    expect(() => filterOf(query)).toThrow(expect.objectContaining({ reason: 'request_invalid', detail }));
  });
});
