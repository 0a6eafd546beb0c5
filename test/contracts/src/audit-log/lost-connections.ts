import { AUDIT_LOG_PARTITION_KEY, type AuditLog, type ReceivedEvent } from '@admit-one/core';
import { expect } from 'vitest';
import { appendEvents, cloudEvent, unique } from '../sample-events.ts';
import { type AuditLogTests, findAll } from './subject.ts';

const principal = { issuer: 'main', session: 's' };

/** An edge that admits so many connections. */
function edgeWith(count: number) {
  const edge = unique('ws-edge');
  const connections = Array.from({ length: count }, () => unique('connection'));
  const epoch = `p04.${unique('epoch')}`;
  const openedAt = Date.now() - 60_000;
  const opened = connections.map((connection, n) =>
    cloudEvent({
      type: 'admit.ticket.consumed',
      partitionkey: epoch,
      sequence: n + 1,
      subject: unique('ticket'),
      time: openedAt,
      data: { principal, route: null, handshake: 'h', connection, context: { edge, route: 'chat' } },
    }),
  );
  const ofEdge = (type: ReceivedEvent['type'], sequence: number, data: object = {}) =>
    cloudEvent({ type, partitionkey: edge, sequence, data: { ...data } });
  return {
    edge,
    connections,
    opened,
    openedAt,
    started: ofEdge('admit.service.started', 1),
    closed: (connection = '', sequence = 2) => ofEdge('admit.connection.closed', sequence, { connection }),
    stopped: (lastSequence: number) => ofEdge('admit.service.stopped', lastSequence, { lastSequence }),
  };
}

/** Closes what is lost, from so many callers at once, until nothing is left. */
async function closeAll(log: AuditLog, callers = 1): Promise<readonly ReceivedEvent[]> {
  const events: ReceivedEvent[] = [];
  const lost = { source: 'auditor', now: Date.now(), silentMs: 1, limit: 2 };
  await expect
    .poll(async () => {
      const closed = await Promise.all(Array.from({ length: callers }, () => log.closeLostConnections(lost)));
      events.push(...closed.flat());
      return closed.flat().length;
    })
    .toBe(0);
  return events;
}

async function closedOf(log: AuditLog, connection = ''): Promise<readonly ReceivedEvent[]> {
  return findAll(log, { connection, types: ['admit.connection.closed'] });
}

/** Waits until the edge counts as silent. */
async function silence(log: AuditLog, edge: string): Promise<void> {
  await expect
    .poll(async () => {
      await log.markSilent(1);
      return (await log.sequences({ partitionkeys: [edge] }))[0]?.state;
    })
    .toBe('tail_unknown');
}

export const lostConnectionTests: AuditLogTests = {
  'of an edge that fell silent are closed once, by callers at the same time': async ({ log }) => {
    const { edge, started, opened, openedAt, closed, connections } = edgeWith(5);
    await appendEvents(log, [started, ...opened]);
    await appendEvents(log, [closed(connections[0])]);
    await silence(log, edge);
    const events = (await closeAll(log, 3)).filter(({ data }) =>
      connections.includes(String(data.connection)),
    );
    expect(events.map(({ data }) => data.connection).sort()).toEqual([...connections.slice(1)].sort());
    for (const [n, connection] of connections.entries())
      expect(await closedOf(log, connection)).toMatchObject(
        n === 0 ? [{ partitionkey: edge }] : [{ partitionkey: AUDIT_LOG_PARTITION_KEY, source: 'auditor' }],
      );
    const [lost] = await closedOf(log, connections[1]);
    expect(lost).toMatchObject({
      subject: connections[1],
      data: {
        ...{ ticketId: opened[1]?.subject, principal, route: 'chat', code: 1006, reason: 'edge_lost' },
        ...{ messagesIn: null, durationMs: expect.any(Number) },
      },
    });
    expect(lost?.data.durationMs).toBeGreaterThanOrEqual(Date.now() - openedAt - 30_000);
    expect(await log.markSilent(0)).not.toContain(AUDIT_LOG_PARTITION_KEY);
    expect((await log.sequences({ partitionkeys: [AUDIT_LOG_PARTITION_KEY] }))[0]).toMatchObject({
      ...{ first: 1, missing: [], conflictCount: 0, state: 'open' },
    });
  },

  'of an edge that stopped are closed, where their end was lost': async ({ log }) => {
    const { started, opened, closed, stopped, connections } = edgeWith(2);
    await appendEvents(log, [started, ...opened]);
    await appendEvents(log, [closed(connections[0]), stopped(4)]);
    // Their ends may still come.
    const patient = { source: 'auditor', now: Date.now(), silentMs: 600_000, limit: 100 };
    expect(await log.closeLostConnections(patient)).toEqual([]);
    const events = await closeAll(log);
    expect(events.map(({ data }) => data.connection)).toEqual([connections[1]]);
  },

  'are none while the edge is heard of': async ({ log }) => {
    const { started, opened, connections } = edgeWith(1);
    await appendEvents(log, [started, ...opened]);
    await closeAll(log);
    expect(await closedOf(log, connections[0])).toEqual([]);
  },

  'are none of those whose end came before their beginning, or at once': async ({ log }) => {
    const { edge, started, opened, closed, connections } = edgeWith(2);
    await appendEvents(log, [started, closed(connections[0], 2)]);
    await appendEvents(log, [...opened, closed(connections[1], 3)]);
    await silence(log, edge);
    await closeAll(log);
    for (const connection of connections)
      expect(await closedOf(log, connection)).toMatchObject([{ partitionkey: edge }]);
  },

  'are none of a server that does not report, nor where the ticket was redeemed': async ({ log }) => {
    const unheard = edgeWith(1);
    const { edge, started, opened, connections } = edgeWith(1);
    const redeemed = opened.map((event) => ({
      ...event,
      data: { ...event.data, handshake: connections[0] },
    }));
    await appendEvents(log, [...unheard.opened, started, ...redeemed]);
    await silence(log, edge);
    await closeAll(log);
    for (const connection of [...connections, ...unheard.connections])
      expect(await closedOf(log, connection)).toEqual([]);
  },
};
