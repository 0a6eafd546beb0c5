import { setTimeout as elapse } from 'node:timers/promises';
import { partitionName, partitionOf, type ReceivedEvent } from '@admit-one/core';
import { eventually, type RedisEngine, startRedisSentinel } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { events, sequences, settled } from '../stack/audit-log.ts';
import { startService } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { connectAdmitted, issueTicket } from '../stack/visitor.ts';
import { describeFaults } from './describe-faults.ts';
import { expectAdmissions } from './soundness.ts';
import { keepVisiting, type Visit } from './visits.ts';

const CHAOS_MS = 300_000;
/** How long a replica lags behind its master before the bus goes, and the master after it. */
const LAG_MS = 300;
/** Tickets whose events are lost in each failover. */
const LOST_IN_FAILOVER = 5;
const CONNECTIONS = 20;

/** An instance is lost after 30 s of silence, which begin again when the audit log starts. */
const LOST_WITHIN_MS = 100_000;

describeFaults('what is lost', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
  });
  afterAll(() => stack?.stop());

  test('in chaos with empty restarts of the store and pauses of the bus: no admission without its event or an announced loss', {
    timeout: CHAOS_MS + 120_000,
  }, async () => {
    const { redis, nats } = stack.engines;
    const done = { restarts: 0, pauses: 0 };
    const figures = await lossesDuring(stack, async () => {
      if (done.pauses > done.restarts) return restartEmpty();
      done.pauses += 1;
      await nats.pause();
      await elapse(500);
      if (done.pauses % 2 === 0) await restartEmpty();
      await nats.resume();
    });
    process.stdout.write(`losses in chaos: ${JSON.stringify({ ...done, ...figures })}\n`);

    async function restartEmpty(): Promise<void> {
      done.restarts += 1;
      await redis.kill();
      await redis.start();
    }
  });

  test('with an edge that is killed: its connections are closed in the audit log, once each by two replicas', {
    timeout: 2 * LOST_WITHIN_MS,
  }, async () => {
    const replica = await startService('audit-service', stack.variables['audit-service']);
    onTestFinished(async () => {
      await replica.stop();
    });
    const [edge] = stack.edgeServices;
    if (!edge) throw new Error('the stack has no edge');
    const tickets = await Promise.all(Array.from({ length: CONNECTIONS }, () => issueTicket(stack)));
    const ids = new Set(tickets.map(({ ticketId }) => ticketId));
    await Promise.all(tickets.map((ticket) => connectAdmitted(stack, ticket, { route: 'echo' })));
    const ofTickets = async (type: 'admit.ticket.consumed' | 'admit.connection.closed') =>
      (await events(stack, { type })).filter(({ subject, data }) =>
        ids.has(String(data.ticketId ?? subject)),
      );
    await eventually(async () => expect(await ofTickets('admit.ticket.consumed')).toHaveLength(CONNECTIONS), {
      what: 'the admissions',
    });
    await edge.kill();
    const closed = await eventually(
      async () => {
        const found = await ofTickets('admit.connection.closed');
        expect(found).toHaveLength(CONNECTIONS);
        return found;
      },
      { what: 'the ends of the connections', timeoutMs: LOST_WITHIN_MS, everyMs: 500 },
    );
    expect(new Set(closed.map(({ subject }) => subject)).size).toBe(CONNECTIONS);
    for (const { data, partitionkey } of closed) {
      expect(data).toMatchObject({ reason: 'edge_lost', code: 1006 });
      expect(partitionkey).toBe('audit.log');
    }
    const [listening] = edge.lines('listening');
    const report = (await sequences(stack)).find(({ partitionkey }) => partitionkey === listening?.instance);
    expect(report).toMatchObject({ state: 'tail_unknown', tailUnknownSince: report?.seenAt });
    await edge.start();
    await edge.ready();
  });
});

describeFaults('what is lost', () => {
  test('in failovers to a replica that lags, while the bus is away, is announced', {
    timeout: CHAOS_MS + 180_000,
  }, async () => {
    const group = await startRedisSentinel({ config: { 'maxmemory-policy': 'noeviction' } });
    onTestFinished(() => group.stop());
    const hosts = group.sentinels.map(({ host, port }) => `${host}:${port}`).join(',');
    const stack = await startServices({ redisUrl: async () => `redis-sentinel://${hosts}/${group.name}` });
    onTestFinished(() => stack.stop());
    let failovers = 0;
    const figures = await lossesDuring(stack, async () => {
      const master = await agreedMaster();
      const replica = group.nodes.find((node) => node !== master);
      if (!replica) throw new Error('the group has one node');
      await eventually(
        async () => expect(await replica.command('INFO', 'replication')).toContain('master_link_status:up'),
        { what: 'a replica in step', timeoutMs: 20_000 },
      );
      failovers += 1;
      await replica.pause();
      // What the master has sent would wait for the replica in its socket.
      await master.command('CLIENT', 'KILL', 'TYPE', 'replica');
      await elapse(LAG_MS);
      await stack.engines.nats.kill();
      for (let n = 0; n < LOST_IN_FAILOVER; n += 1) await issueTicket(stack);
      await master.kill();
      await replica.resume();
      await eventually(async () => expect(await agreedMaster()).toBe(replica), {
        what: 'the failover',
        timeoutMs: 30_000,
      });
      await stack.engines.nats.start();
      await master.start();
    });
    expect(figures.announcedLosses).toBeGreaterThanOrEqual(failovers * LOST_IN_FAILOVER);
    process.stdout.write(`losses in failovers: ${JSON.stringify({ failovers, ...figures })}\n`);

    function agreedMaster(): Promise<RedisEngine> {
      return eventually(() => group.master(), { what: 'a master that the sentinels agree on' });
    }
  });
});

/**
 * Disturbs a stack again and again while visitors come. Then each admission has its event, or is below the number of losses
 * announced for its partition: an upper bound, as what else was lost of a partition, such as reservations, counts as well.
 */
async function lossesDuring(stack: ServicesStack, disturb: () => Promise<void>) {
  await settled(stack);
  const before = await lossesByPartition(stack);
  const visits = keepVisiting(stack);
  await expectAdmissions(visits, { withinMs: 5_000 });
  const end = Date.now() + CHAOS_MS;
  while (Date.now() < end) {
    await disturb();
    await expectAdmissions(visits, { withinMs: 20_000 });
  }
  const admitted = (await visits.stop()).filter((visit) => visit.kind === 'admitted');
  await settled(stack);

  const consumed = await events(stack, { type: 'admit.ticket.consumed' });
  const after = await lossesByPartition(stack);
  const untold = untoldByPartition(admitted, consumed);
  const announced = new Map(
    [...after].map(([partition, count]) => [partition, count - (before.get(partition) ?? 0)]),
  );
  expect(new Set(consumed.map(({ subject }) => subject)).size).toBe(consumed.length);
  for (const [partition, count] of untold)
    expect(announced.get(partition) ?? 0, partition).toBeGreaterThanOrEqual(count);
  const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);
  return {
    seconds: CHAOS_MS / 1000,
    admitted: admitted.length,
    untold: sum(untold.values()),
    announcedLosses: sum(announced.values()),
  };
}

async function lossesByPartition(stack: ServicesStack): Promise<ReadonlyMap<string, number>> {
  const losses = new Map<string, number>();
  for (const { partitionkey, missingCount } of await sequences(stack)) {
    const partition = partitionkey.slice(0, 'pNN'.length);
    losses.set(partition, (losses.get(partition) ?? 0) + missingCount);
  }
  return losses;
}

function untoldByPartition(
  admitted: readonly Extract<Visit, { kind: 'admitted' }>[],
  consumed: readonly ReceivedEvent[],
): ReadonlyMap<string, number> {
  const told = new Set(consumed.map(({ subject }) => subject));
  const untold = new Map<string, number>();
  for (const { ticketId } of admitted) {
    if (told.has(ticketId)) continue;
    const partition = partitionName(partitionOf(ticketId));
    untold.set(partition, (untold.get(partition) ?? 0) + 1);
  }
  return untold;
}
