import { setTimeout as elapse } from 'node:timers/promises';
import { newId } from '@admit-one/core';
import { eventually, within } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { isLong } from '../faults/soundness.ts';
import { logOut } from '../stack/control.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { connectWith, issueTicket } from '../stack/visitor.ts';

const SESSIONS = isLong ? 10_000 : 200;
const AT_A_TIME = 16;
/** A log-out meets every step of an upgrade: issue, reserve, 101, confirm, registration. */
const DELAYS_MS = 24;
const TIMEOUT_MS = isLong ? 3_600_000 : 600_000;

/** How an upgrade ends whose confirm the machine is too busy for: it was never admitted. */
const NOT_CONFIRMED = 1013;

/** How a connection ended that a log-out met: never open, or closed for it. */
type End = 'no ticket' | 'rejected' | number;

describeFaults('a log-out that meets its own upgrade', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
  });
  afterAll(() => stack?.stop());

  async function enter(token: string, edge: number): Promise<End> {
    const ticket = await issueTicket(stack, token).catch(() => null);
    if (!ticket) return 'no ticket';
    const connection = await connectWith(stack, ticket, { edge }).catch(() => null);
    if (!connection) return 'rejected';
    const { code } = await within(connection.closed, 'the close of a connection that was logged out');
    return code === NOT_CONFIRMED ? 'rejected' : code;
  }

  async function race(n: number): Promise<End> {
    const token = await stack.users.token({ sub: newId(), sessionId: newId() });
    const entering = enter(token, n % 2);
    await elapse(n % DELAYS_MS);
    const { edges } = await eventually(() => logOut(stack, token), { what: 'a log-out' });
    expect(edges.unconfirmed).toEqual([]);
    return entering;
  }

  test('leaves no connection open', { timeout: TIMEOUT_MS }, async () => {
    const ends = new Map<End, number>();
    let next = 0;
    const visitors = Array.from({ length: AT_A_TIME }, async () => {
      while (next < SESSIONS) {
        next += 1;
        const end = await race(next);
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
    });
    await Promise.all(visitors);
    console.log(`${SESSIONS} log-outs in a race with their upgrade: ${JSON.stringify([...ends])}`);
    expect([...ends.keys()].filter((end) => typeof end === 'number' && end !== 4501)).toEqual([]);
    expect(ends.get(4501)).toBeGreaterThan(0);
    // Of few, all may end alike.
    if (isLong) expect(ends.size).toBeGreaterThan(1);
  });
});
