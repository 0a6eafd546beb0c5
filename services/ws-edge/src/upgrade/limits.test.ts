import { newTicket } from '@admit-one/core';
import { connect, eventually, openSocket, UpgradeRejected } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { type EdgeFixture, startEdgeFixture } from '../edge.fixture.ts';

const rejected = { status: 429, problem: { code: 'RATE_LIMITED' } };

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

/** A ticket of this session and user. */
function ticketOf(edge: EdgeFixture, session: string, user: string | null = null): Promise<string> {
  return edge.ticketUrl('/ws', { principal: { session, user } });
}

async function statusOf(connecting: Promise<unknown>): Promise<number> {
  try {
    await connecting;
    return 101;
  } catch (error) {
    if (error instanceof UpgradeRejected) return error.status;
    throw error;
  }
}

describe('the connections of a session', () => {
  it('are bounded exactly, also where they are opened at once, and their tickets stay good', async () => {
    const edge = await startEdgeFixture({ maxConnectionsPerSession: 3 });
    const urls = await Promise.all(Array.from({ length: 12 }, () => ticketOf(edge, 'one')));
    const statuses = await Promise.all(urls.map((url) => statusOf(connect(url))));
    expect(statuses.filter((status) => status === 101)).toHaveLength(3);
    expect(statuses.filter((status) => status === 429)).toHaveLength(9);
    await expect.poll(() => edge.edge.connections()).toBe(3);
    await expect
      .poll(() => edge.events('admit.handshake.rejected')[0]?.data)
      .toMatchObject({ reason: 'user_connections', principal: { session: 'one' } });
    await connect(await ticketOf(edge, 'another'));
  });

  it('make room when they end, and a ticket that was given back opens the next one', async () => {
    const edge = await startEdgeFixture({ maxConnectionsPerSession: 1 });
    const first = await connect(await ticketOf(edge, 'one'));
    const waiting = await ticketOf(edge, 'one');
    await expect(connect(waiting)).rejects.toMatchObject({
      ...rejected,
      problem: { detail: 'This session holds 1 connections already. Close one, or share one between tabs.' },
    });
    await first.close();
    await eventually(() => edge.edge.connections() === 0, { what: 'room' });
    await connect(waiting);
  });

  it('are bounded for all sessions of a user', async () => {
    const edge = await startEdgeFixture({ maxConnectionsPerUser: 2 });
    await connect(await ticketOf(edge, 'phone', 'ann'));
    await connect(await ticketOf(edge, 'laptop', 'ann'));
    await expect(connect(await ticketOf(edge, 'tablet', 'ann'))).rejects.toMatchObject(rejected);
    await connect(await ticketOf(edge, 'tablet', 'bob'));
  });

  it('leave no place taken by handshakes that fail', async () => {
    const edge = await startEdgeFixture({ maxConnectionsPerSession: 1 });
    edge.tickets.answer('confirm', {
      kind: 'rejected',
      now: null,
      reason: 'reservation_lost',
      recorded: true,
    });
    for (let time = 0; time < 3; time += 1) {
      const { closed } = await connect(await ticketOf(edge, 'one'));
      expect(await closed).toMatchObject({ code: 4409 });
    }
  });
});

describe('upgrades that fail', () => {
  it('are bounded by network where they show no credential, and say when to come back', async () => {
    const edge = await startEdgeFixture({ failedUpgradesPerMinute: 3 });
    for (let time = 0; time < 3; time += 1)
      expect(await statusOf(connect(`${edge.url}/ws`, from('203.0.113.1')))).toBe(401);
    const rejection = connect(`${edge.url}/ws?ticket=short`, from('203.0.113.1'));
    await expect(rejection).rejects.toMatchObject({ ...rejected, headers: { 'retry-after': '60' } });
    await connect(await ticketOf(edge, 'one'), from('203.0.113.2'));
    const reasons = () => edge.events('admit.handshake.rejected').map(({ data }) => data.reason);
    await expect.poll(() => reasons().filter((reason) => reason === 'failure_rate')).toHaveLength(1);
  });

  it('keep nobody out who has a ticket and the same address', async () => {
    const edge = await startEdgeFixture({ failedUpgradesPerMinute: 3 });
    const guess = () => statusOf(connect(`${edge.url}/ws?ticket=${newTicket()}`, from('203.0.113.1')));
    for (let time = 0; time < 10; time += 1) expect(await guess()).toBe(401);
    await connect(await ticketOf(edge, 'one'), from('203.0.113.1'));
  });

  it('are bounded by network too where only their origin is blocked', async () => {
    const edge = await startEdgeFixture({ failedUpgradesPerMinute: 3 });
    const page = { ...from('203.0.113.1'), origin: 'https://evil.example' };
    for (let time = 0; time < 3; time += 1) {
      const raw = await openSocket(await edge.ticketUrl(), page);
      expect((await raw.closed).close).toMatchObject({ reason: 'ORIGIN_BLOCKED' });
    }
    await expect(connect(`${edge.url}/ws`, from('203.0.113.1'))).rejects.toMatchObject(rejected);
  });

  it('do not count where the visitor is admitted, however many share an address', async () => {
    const edge = await startEdgeFixture({ failedUpgradesPerMinute: 3 });
    for (let visitor = 0; visitor < 20; visitor += 1)
      await connect(await ticketOf(edge, `${visitor}`), from('203.0.113.1'));
    await expect.poll(() => edge.edge.connections()).toBe(20);
  });
});
