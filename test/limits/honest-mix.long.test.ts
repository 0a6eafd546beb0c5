import { newTicket } from '@admit-one/core';
import { connect, eventually, UpgradeRejected } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServicesStack, startServices } from '../stack/services.ts';

const USERS = 1_000;
/** At a time. */
const CROWD = 50;
const NAT = '203.0.113.7';

const PER_SESSION = 100;
const PER_USER = 300;
const CONNECTIONS = 20;
const FAILURES = 500;
/** Of ticket-services, and of edges. */
const INSTANCES = 2;

let stack: ServicesStack;

beforeAll(async () => {
  // The defaults, except that fewer upgrades may fail: the test would only take longer.
  stack = await startServices({
    variables: {
      TICKETS_PER_SESSION_PER_MINUTE: `${PER_SESSION}`,
      TICKETS_PER_USER_PER_MINUTE: `${PER_USER}`,
      MAX_CONNECTIONS_PER_SESSION: `${CONNECTIONS}`,
      MAX_CONNECTIONS_PER_USER: '100',
      FAILED_TOKENS_PER_MINUTE: `${FAILURES}`,
      FAILED_UPGRADES_PER_MINUTE: `${FAILURES}`,
      // The abuser's are used when everybody else is in.
      TICKET_TTL_SECONDS: '300',
    },
  });
});

afterAll(() => stack.stop());

interface Asked {
  readonly status: number;
  readonly ticket: string;
}

let turn = 0;

/** Asks the ticket-services by turns. */
async function askTicket(token: string, address: string): Promise<Asked> {
  turn += 1;
  const { url } = stack.ticketServices[turn % INSTANCES]!;
  const response = await fetch(`${url}/api/websocket/ticket`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': address },
  });
  const body = (await response.json()) as { ticket?: string };
  return { status: response.status, ticket: body.ticket ?? '' };
}

/** Opens a connection at the edges by turns. 101, or the status of the rejection. */
async function open(ticket: string, address: string): Promise<number> {
  turn += 1;
  const url = `${stack.edges[turn % INSTANCES]}/ws?ticket=${ticket}`;
  try {
    await connect(url, { headers: { 'x-forwarded-for': address } });
    return 101;
  } catch (error) {
    if (error instanceof UpgradeRejected) return error.status;
    throw error;
  }
}

/** Tries again where a service of a busy machine has answered too late: a ticket that was given back is good again. */
async function untilAnswered<Answer>(ask: () => Promise<Answer>, statusOf: (answer: Answer) => number) {
  for (;;) {
    const answer = await ask();
    if (statusOf(answer) !== 503) return answer;
    unavailable += 1;
    if (unavailable > USERS) throw new Error('the services answer 503 again and again');
  }
}

let unavailable = 0;

/** Runs tasks, so many at a time. */
async function crowd<Result>(
  count: number,
  task: (n: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: CROWD }, async () => {
      while (next < count) {
        const n = next;
        next += 1;
        results.push(await task(n));
      }
    }),
  );
  return results;
}

const countOf = (statuses: readonly number[], status: number) =>
  statuses.filter((one) => one === status).length;

async function connectionsNow(): Promise<number> {
  const pages = await Promise.all(stack.edgeServices.map((edge) => edge.metrics()));
  const counts = pages.flatMap((page) => [...page.matchAll(/^admit_connections\{[^}]*\} (\d+)/gm)]);
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

describe('with the limits on', () => {
  test('a thousand users behind one address are never told to wait, while an abuser is held to his bound', async () => {
    const abuser = await stack.users.token({ sessionId: 'abuser', sub: 'abuser' });
    const abuse = Promise.all([
      crowd(400, async () => askTicket(abuser, NAT)),
      crowd(4 * FAILURES, (n) => open(n % 2 === 0 ? newTicket() : 'none', NAT)),
    ]);
    const honest = await crowd(USERS, async (n) => {
      const token = await stack.users.token({ sessionId: `session-${n}`, sub: `user-${n}` });
      const statuses: number[] = [];
      // Every tenth has a second tab.
      for (let tab = 0; tab < (n % 10 === 0 ? 2 : 1); tab += 1) {
        const { status, ticket } = await untilAnswered(
          () => askTicket(token, NAT),
          (answer) => answer.status,
        );
        statuses.push(status, await untilAnswered(() => open(ticket, NAT), Number));
      }
      return statuses;
    });
    const [asked, strangers] = await abuse;

    expect(new Set(honest.flat())).toEqual(new Set([200, 101]));
    const tickets = asked.filter(({ status }) => status === 200);
    expect(tickets.length).toBeGreaterThanOrEqual(PER_SESSION);
    expect(tickets.length).toBeLessThanOrEqual(PER_SESSION + ((INSTANCES - 1) * PER_SESSION) / 2);
    expect(
      countOf(
        asked.map(({ status }) => status),
        429,
      ),
    ).toBe(400 - tickets.length);
    // What has the form of a ticket is looked up all the same, a share at a time.
    expect(countOf(strangers, 429)).toBeGreaterThan(0);
    expect(countOf(strangers, 401)).toBeLessThanOrEqual(2 * FAILURES + INSTANCES * FAILURES + CROWD);

    // The tickets that the abuser got open no more connections than a session may hold.
    // A connection counts from its confirm on, which follows the 101.
    const before = countOf(honest.flat(), 101);
    await eventually(async () => (await connectionsNow()) === before, {
      what: 'the connections of all others',
    });
    const opened: number[] = [];
    for (const { ticket } of tickets) opened.push(await open(ticket, NAT));
    const admitted = countOf(opened, 101);
    expect(countOf(opened, 429)).toBe(opened.length - admitted);
    expect(admitted).toBeGreaterThanOrEqual(CONNECTIONS);
    expect(admitted).toBeLessThanOrEqual(CONNECTIONS + CONNECTIONS / 2);
    await eventually(async () => (await connectionsNow()) === before + admitted, { what: 'his connections' });
  });
});
