import type { ReceivedEvent } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { visibleText } from '@admit-one/text';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events } from '../../stack/audit-log.ts';
import { startEmbedded } from '../../stack/embedded.ts';
import type { Stack } from '../../stack/stack.ts';
import type { Ticket } from '../../stack/visitor.ts';
import { askRaw, type RawAnswer } from '../raw-request.ts';
import { expectSoundLogs } from '../sound-logs.ts';
import { describeConnections } from './describe-connections.ts';
import { asHeader, mayBeHeader, naughtyStrings, wellFormed } from './naughty-strings.ts';

const strings = Object.entries(naughtyStrings);
const facts = ['ticket', 'session', 'user', 'connection', 'reason'];
/** What of a header is recorded. */
const HEADER_FACT = 512;

let stack: Stack;
let operator: string;

beforeAll(async () => {
  stack = await startEmbedded({
    LOG_LEVEL: 'trace',
    TRUSTED_PROXIES: '127.0.0.1',
    PRINCIPAL_ATTRIBUTES: 'name',
    ROUTES: 'default=echo,bridge=bridge',
  });
  operator = await stack.operatorToken();
});

afterAll(() => stack.stop());

/** Asks for a ticket; header values go out as UTF-8. */
async function ask(
  headers: Readonly<Record<string, string>> = {},
  { claims = {}, query = '', body = '' } = {},
): Promise<RawAnswer> {
  const token = await stack.users.token(claims);
  const lines = Object.entries({
    Host: 'test',
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${Buffer.from(value).toString('latin1')}`);
  const latin1 = Buffer.from(body).toString('latin1');
  const answer = await askRaw(stack.tickets, `POST /api/websocket/ticket${query} HTTP/1.1`, lines, latin1);
  expect(Object.keys(answer.headers)).not.toContain('set-cookie');
  return answer;
}

/** The only event that the audit log has of an answer. */
async function eventOf(
  { body, problem }: RawAnswer,
  query: Readonly<Record<string, string>> = {},
): Promise<ReceivedEvent> {
  const { ticketId = '' } = JSON.parse(body) as Partial<Ticket>;
  const narrowed = { ...query, ...(problem ? { trace: problem.traceId } : { ticket: ticketId }) };
  return eventually(
    async () => {
      const [event, ...others] = await events(stack, narrowed);
      expect(others).toEqual([]);
      if (!event) throw new Error('it is not in the audit log yet');
      return event;
    },
    { what: 'the event' },
  );
}

/** What the event of a rejected or issued ticket says of its request. */
async function contextOf(answer: RawAnswer): Promise<Record<string, unknown>> {
  const type = answer.problem ? 'admit.issuance.rejected' : 'admit.ticket.issued';
  return (await eventOf(answer, { type })).data.context as Record<string, unknown>;
}

describe.concurrent.each(strings)('%s', (_what, text) => {
  test('in a User-Agent is recorded visibly, or rejected', async () => {
    const answer = await ask({ 'User-Agent': text });
    const came = asHeader(text);
    if (!mayBeHeader(came))
      return expect(answer).toMatchObject({ status: 400, problem: { code: 'INVALID_REQUEST' } });
    expect(answer.status).toBe(200);
    expect(await contextOf(answer)).toMatchObject({ agent: visibleText(came, HEADER_FACT) });
  });

  test('in an Origin is rejected, and recorded visibly', async () => {
    const answer = await ask({ Origin: text });
    // A blank line ends the request, which is answered before the bytes behind it are looked at.
    const [came = ''] = asHeader(text).split('\r\n\r\n');
    if (came !== asHeader(text)) return expect(answer).toMatchObject({ status: 403 });
    if (!mayBeHeader(came))
      return expect(answer).toMatchObject({ status: 400, problem: { code: 'INVALID_REQUEST' } });
    expect(answer).toMatchObject({ status: 403, problem: { code: 'ORIGIN_BLOCKED' } });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(await contextOf(answer)).toMatchObject({ origin: visibleText(came, HEADER_FACT) });
  });

  test('in an X-Forwarded-For of a trusted proxy is no address', async () => {
    for (const forwarded of [text, `6.6.6.6, ${text}`, `${text}, 192.0.2.1`]) {
      const answer = await ask({ 'X-Forwarded-For': forwarded });
      if (answer.status === 400) expect(mayBeHeader(asHeader(forwarded))).toBe(false);
      else
        expect(await contextOf(answer)).toMatchObject({
          address: forwarded.endsWith('192.0.2.1') ? '192.0.2.1' : '127.0.0.1',
        });
    }
  });

  test('in a traceparent begins its own trace', async () => {
    const answer = await ask({ traceparent: text });
    if (answer.status === 400) return expect(mayBeHeader(asHeader(text))).toBe(false);
    expect((await eventOf(answer, { type: 'admit.ticket.issued' })).traceparent).toMatch(
      /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/,
    );
  });

  test('for a route is rejected', async () => {
    const body = JSON.stringify({ route: text });
    const isRoute = /^(?!ticket$|[0-9a-f]{32}$)[a-z0-9-]{1,32}$/.test(text);
    const inQuery = { query: `?route=${encodeURIComponent(wellFormed(text))}` };
    for (const answer of [await ask({}, { body }), await ask({}, inQuery)]) {
      expect(answer.status).toBe(isRoute ? 200 : 400);
      if (answer.problem) expect(await contextOf(answer)).toMatchObject({ route: null });
    }
  });

  test.each(['sub', 'sessionId'] as const)(
    'in %s is recorded and found as it is, or rejected',
    async (claim) => {
      const answer = await ask({}, { claims: { [claim]: text } });
      const isIdentifier = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,256}$/u.test(text);
      if (!isIdentifier) {
        expect(answer).toMatchObject({ status: 401, problem: { code: 'INVALID_TOKEN' } });
        expect(answer.problem?.detail).toContain(claim);
        return expect(await contextOf(answer)).toBeDefined();
      }
      expect(answer.status).toBe(200);
      const fact = claim === 'sub' ? 'user' : 'session';
      const found = await eventOf(answer, { [fact]: text });
      expect(found.data.principal).toMatchObject({ [fact]: text });
    },
  );

  test('in an attribute is recorded as it is, or left out', async () => {
    const answer = await ask({}, { claims: { name: text } });
    expect(answer.status).toBe(200);
    const { data } = await eventOf(answer, { type: 'admit.ticket.issued' });
    const { attributes } = data.principal as { attributes: object };
    expect(attributes).toEqual(text.length > 1_024 ? {} : { name: text });
  });

  test('in the reason of a last failure can be read in the audit log, or is rejected', async () => {
    const lastFailure = { code: null, reason: text, phase: 'open', attempts: 1 };
    const answer = await ask({}, { body: JSON.stringify({ lastFailure }) });
    const { length } = [...text];
    if (length < 1 || length > 128)
      return expect(answer).toMatchObject({ status: 400, problem: { code: 'INVALID_REQUEST' } });
    const { data } = await eventOf(answer, { type: 'admit.ticket.issued' });
    const { reason } = data.lastFailure as { reason: string };
    expect(reason).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,1536}$/u);
    expect(reason.replace(/…|\\u[0-9a-f]{4}/g, '')).toBe(
      text.replace(/[\w-]{32,}/g, '').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}…]/gu, ''),
    );
  });

  test('in a path and a query is nothing', async () => {
    const encoded = encodeURIComponent(wellFormed(text)).slice(0, 9_000).replace(/%.?$/, '');
    const answer = await askRaw(
      stack.tickets,
      `GET /nowhere/${encoded}?a=${encoded} HTTP/1.1`.slice(0, 14_000),
      ['Host: test'],
    );
    expect([404, 400, 431]).toContain(answer.status);
  });

  test('in a search is found nowhere, or rejected', async () => {
    for (const fact of facts) {
      const query = `?${fact}=${encodeURIComponent(wellFormed(text))}&type=admit.store.started`;
      const answer = await askRaw(stack.audit, `GET /api/v1/audit/events${query} HTTP/1.1`, [
        'Host: test',
        `Authorization: Bearer ${operator}`,
      ]);
      if (answer.status === 200) expect(JSON.parse(answer.body)).toMatchObject({ events: [] });
      else expect([400, 431]).toContain(answer.status);
    }
  });
});

describeConnections(() => stack);

test('none of it was an outage, and every log line is one line of JSON', () => expectSoundLogs(stack));
