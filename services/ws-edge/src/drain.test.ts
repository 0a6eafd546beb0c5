import { connect, eventually, openSocket } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { startEdgeFixture } from './edge.fixture.ts';

describe('a drain', () => {
  it('closes every connection, and resolves when all are gone', async () => {
    const edge = await startEdgeFixture();
    const connections = await Promise.all(
      Array.from({ length: 5 }, async () => connect(await edge.ticketUrl())),
    );
    await edge.edge.drain();
    expect(edge.edge.connections()).toBe(0);
    for (const { closed } of connections) expect(await closed).toEqual({ code: 1012, reason: 'RESTARTING' });
    await eventually(() => edge.events('admit.connection.closed').length === 5, { what: 'the events' });
  });

  it('spreads the closes over its time', async () => {
    const edge = await startEdgeFixture({ drainMs: 200 });
    const connections = await Promise.all(
      Array.from({ length: 4 }, async () => connect(await edge.ticketUrl())),
    );
    await eventually(() => edge.edge.connections() === 4, { what: 'the connections' });
    const startedAt = performance.now();
    const ends = connections.map(({ closed }) => closed.then(() => performance.now() - startedAt));
    await edge.edge.drain();
    const times = (await Promise.all(ends)).sort((a, b) => a - b);
    expect(times[3]).toBeGreaterThanOrEqual(149);
    for (const n of [1, 2, 3]) expect(times[n]).toBeGreaterThanOrEqual(n * 50 - 1);
  });

  it('rejects upgrades from its first moment, and is not ready', async () => {
    const edge = await startEdgeFixture();
    const url = await edge.ticketUrl();
    expect(edge.edge.readiness.accepting?.problem()).toBeNull();
    const drained = edge.edge.drain();
    expect(edge.edge.readiness.accepting?.problem()).toEqual(expect.any(String));
    const rejected = { status: 503, headers: { 'retry-after': '1' }, problem: { code: 'RESTARTING' } };
    await expect(connect(url)).rejects.toMatchObject(rejected);
    expect(edge.tickets.count('reserve')).toBe(0);
    await drained;
    const rejections = () => edge.events('admit.handshake.rejected');
    await eventually(() => rejections().length === 1, { what: 'the rejection' });
    expect(rejections()[0]?.data.reason).toBe('draining');
  });

  it('gives back what is reserved, and waits for it', async () => {
    const edge = await startEdgeFixture();
    const held = edge.tickets.hold('reserve');
    const rejected = connect(await edge.ticketUrl());
    rejected.catch(() => {});
    await held.reached;
    let done = false;
    const drained = edge.edge.drain().then(() => {
      done = true;
    });
    await edge.roundTrip();
    expect(done).toBe(false);
    held.letGo();
    await expect(rejected).rejects.toMatchObject({ status: 503, problem: { code: 'RESTARTING' } });
    await drained;
    await eventually(() => edge.events('admit.ticket.released').length === 1, { what: 'the release' });
    expect(edge.events('admit.ticket.released')[0]?.data.why).toBe('draining');
  });

  it('closes what is admitted meanwhile', async () => {
    const edge = await startEdgeFixture();
    const held = edge.tickets.hold('confirm');
    const connection = await connect(await edge.ticketUrl());
    await held.reached;
    const drained = edge.edge.drain();
    held.letGo();
    expect(await connection.closed).toEqual({ code: 1012, reason: 'RESTARTING' });
    await drained;
  });

  it('cuts off who does not answer', async () => {
    const edge = await startEdgeFixture({ closeMs: 50 });
    const raw = await openSocket(await edge.ticketUrl());
    await eventually(() => edge.edge.connections() === 1, { what: 'the connection' });
    await edge.edge.drain();
    expect(edge.edge.connections()).toBe(0);
    expect((await raw.closed).close).toEqual({ code: 1012, reason: 'RESTARTING' });
  });
});

describe('an edge', () => {
  it('is ready when it has heard a ticket-service, and while the bus is there', async () => {
    const { edge, bus } = await startEdgeFixture();
    expect(edge.readiness.clock?.problem()).toBeNull();
    expect(edge.readiness.bus?.problem()).toBeNull();
    await bus.close();
    expect(edge.readiness.bus?.problem()).toEqual(expect.any(String));
  });

  it('says when it starts and stops, and misses no number', async () => {
    const edge = await startEdgeFixture();
    await (await connect(await edge.ticketUrl())).close();
    await edge.edge.stop();
    const types = ['admit.service.started', 'admit.connection.closed', 'admit.service.stopped'] as const;
    await eventually(() => edge.events(...types).length === 3, { what: 'three events' });
    const own = edge
      .events(...types, 'admit.service.alive')
      .toSorted((a, b) => a.sequence.localeCompare(b.sequence));
    expect(own.map(({ type }) => type).filter((type) => type !== 'admit.service.alive')).toEqual(types);
    expect(own.map(({ sequence }) => Number(sequence))).toEqual(own.map((_, n) => n + 1));
  });
});
