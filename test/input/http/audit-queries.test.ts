import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, expectStory } from '../../stack/audit-log.ts';
import { startEmbedded } from '../../stack/embedded.ts';
import type { Stack } from '../../stack/stack.ts';
import { issueTicket } from '../../stack/visitor.ts';
import { askRaw, type RawAnswer } from '../raw-request.ts';
import { expectSoundLogs } from '../sound-logs.ts';

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
  expectSoundLogs(stack);
  await stack.stop();
});

/** Asks for a path as it is, with nothing encoded that was not. */
function ask(target: string): Promise<RawAnswer> {
  return askRaw(stack.audit, `GET ${target} HTTP/1.1`, ['Host: test', `Authorization: Bearer ${operator}`]);
}

function cursorOf(...place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

test.each(["'; DROP TABLE event; --", '%', '\\', 'a\r\nSet-Cookie: b=c', '\0', '\ufffd', '{"$ne":null}'])(
  'a search for %j finds nothing, by any fact, or is rejected where the fact has a form',
  async (text) => {
    for (const fact of ['ticket', 'session', 'user', 'connection', 'reason']) {
      const answer = await ask(`${EVENTS}?${fact}=${encodeURIComponent(text)}`);
      if (answer.status === 200) expect(JSON.parse(answer.body)).toMatchObject({ events: [] });
      else expect(answer).toMatchObject({ status: 400, problem: { code: 'INVALID_REQUEST' } });
      expect(Object.keys(answer.headers)).not.toContain('set-cookie');
    }
  },
);

const time = 'must be a date and time of RFC 3339, such as 2026-01-31T12:00:00Z (in a URL, + is %2B)';
const cursor = 'cursor must be what a page gave as next.';

/** The tests of the audit-service's routes have the others. */
describe('a bad query is rejected by the name of its parameter', () => {
  test.each<readonly [query: string, detail: string]>([
    ...['-1', '1e9', 'NaN', '1.5', '%20', '1;DROP%20TABLE%20event', '9'.repeat(400)].map(
      (limit) => [`limit=${limit}`, 'limit must be '] as const,
    ),
    ['order=asc,desc', 'order must be asc or desc.'],
    ["type=admit.ticket.issued'--", 'type has no such value: did you mean admit.ticket.issued?'],
    [
      Array.from({ length: 51 }, () => 'type=admit.ticket.issued').join('&'),
      'type must have at most 50 values.',
    ],
    ...[
      '0',
      '2026-02-29T00:00:00Z',
      '2026-01-01',
      '2026-01-01T25:00:00Z',
      '2026-12-31T23:59:60Z',
      'infinity',
    ].map((text) => [`to=${text}`, `to ${time}`] as const),
    ['cursor=', 'cursor must not be empty.'],
    ...['W10', cursorOf(null, null, null), '['.repeat(4_000)].map(
      (text) => [`cursor=${text}`, cursor] as const,
    ),
    [`cursor=${cursorOf(0, 'p00.\0', '0000000000000001')}`, cursor],
    [`cursor=${cursorOf(0, ["p00'"], '0000000000000001')}`, cursor],
    [`cursor=${cursorOf(8.64e15, 'p00.x', '0000000000000001')}`, cursor],
    [`cursor=${'x'.repeat(4_097)}`, 'cursor must have at most 4096 characters.'],
    ...['user[]', '__proto__', 'access_token', '%zz'].map(
      (name) => [`${name}=x`, 'There is no parameter '] as const,
    ),
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
});

test.each([
  'from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59.999Z',
  'from=2026-01-01T00:00:00-23:59',
  'type=admit.ticket.issued&type=admit.ticket.issued',
  `cursor=${cursorOf(0, "p00' OR 1=1 --", '9999999999999999')}`,
  'user=%ff%fe',
  '&&&',
])('an odd query is answered: ?%s', async (query) => {
  const answer = await ask(`${EVENTS}?${query}`);
  expect(answer.status, answer.body.slice(0, 300)).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ events: expect.any(Array) });
});

test('a cursor goes on behind its place, and a part of it is rejected', async () => {
  const all = await events(stack, {});
  const page = JSON.parse((await ask(`${EVENTS}?limit=1`)).body) as { next: string };
  for (let length = 0; length < page.next.length; length += 1) {
    const cut = await ask(`${EVENTS}?cursor=${page.next.slice(0, length)}`);
    expect(cut).toMatchObject({ status: 400, problem: { code: 'INVALID_REQUEST' } });
  }
  const rest = JSON.parse((await ask(`${EVENTS}?type=admit.ticket.issued&cursor=${page.next}`)).body);
  expect(rest.events).toEqual(all.slice(1).filter(({ type }) => type === 'admit.ticket.issued'));
});
