import {
  type AuditLog,
  type DeliveryPosition,
  horizonPosition,
  type ReceivedEvent,
  type StreamReport,
} from '@admit-one/core';
import { expect } from 'vitest';
import { cloudEvent, filterOf, type SampleFilter, unique } from '../sample-events.ts';
import type { AuditLogTests } from './subject.ts';

const START = '0.0.0';

/** A stream of its own, and so the newest generation from its first message on. */
function createStream(log: AuditLog, first = 1) {
  const stream = unique('stream');
  const session = unique('session');
  const events: Record<number, readonly ReceivedEvent[]> = {};

  /** Two events of one message. */
  function eventsOf(sequence: number): readonly ReceivedEvent[] {
    events[sequence] ??= [1, 2].map(() => cloudEvent({ data: { principal: { session } } }));
    return events[sequence];
  }

  async function report(): Promise<StreamReport | undefined> {
    return (await log.streams()).find(({ name }) => name === stream);
  }

  return {
    session,
    eventsOf,
    report,
    /** Receives messages; `firstKept` is the first that the stream still has. */
    async receive(sequences: readonly number[], firstKept = first): Promise<void> {
      await log.append(
        sequences.map((sequence) => {
          const position: DeliveryPosition = { stream, sequence, first: firstKept };
          return { position, events: eventsOf(sequence).map((event, index) => ({ index, event })) };
        }),
      );
    },
    async generation(): Promise<number> {
      return (await report())?.generation ?? 0;
    },
    /** What a follower reads from a position on, by pages of `limit`. */
    async follow(
      since = START,
      limit = 100,
      filter: SampleFilter = { session },
    ): Promise<{ readonly positions: string[]; readonly next: string }> {
      const positions: string[] = [];
      let next = since;
      for (let end = false; !end; ) {
        const page = await log.query(filterOf(filter), { limit, order: 'position', cursor: next });
        positions.push(...page.events.map(({ position }) => position));
        ({ next, end } = page);
      }
      return { positions, next };
    },
  };
}

export const positionTests: AuditLogTests = {
  'are those of the message and the event in it, and the same when it comes again': async ({ log }) => {
    const stream = createStream(log);
    await stream.receive([1, 2]);
    await stream.receive([2, 1]);
    const generation = await stream.generation();
    const { positions } = await stream.follow();
    expect(positions).toEqual(['1.0', '1.1', '2.0', '2.1'].map((place) => `${generation}.${place}`));
    const { events } = await log.query(filterOf({ session: stream.session }), { limit: 10, order: 'desc' });
    expect(events.map(({ position }) => position).toSorted()).toEqual(positions);
  },

  'are followed to the end of the first run without a gap, each event once, whatever the page': async ({
    log,
  }) => {
    for (const limit of [1, 3, 100]) {
      const stream = createStream(log);
      let next = START;
      const seen: string[] = [];
      for (const [sequences, visible] of [
        [[1], 1],
        [[3, 5], 1],
        [[2], 3],
        [[6], 3],
        [[4], 6],
      ] as const) {
        await stream.receive(sequences);
        const page = await stream.follow(next, limit);
        seen.push(...page.positions);
        next = page.next;
        expect(seen).toHaveLength(2 * visible);
      }
      expect(new Set(seen).size).toBe(12);
      expect(await stream.report()).toMatchObject({ horizon: 6, last: 6, missingCount: 0, lostCount: 0 });
    }
  },

  'that the log has not come to are rejected, also those of a later stream': async ({ log }) => {
    const stream = createStream(log);
    await stream.receive([1, 3]);
    const generation = await stream.generation();
    for (const known of [START, `${generation}.1.999999999`, `${generation}.3.1`])
      await expect(stream.follow(known)).resolves.toMatchObject({ next: expect.any(String) });
    for (const ahead of [`${generation}.4.0`, `${generation + 1}.0.0`, '999999999.9.9'])
      await expect(stream.follow(ahead)).rejects.toMatchObject({ code: 'bad_cursor' });
  },

  'of messages out of order hold the horizon back, and say since when': async ({ log }) => {
    const stream = createStream(log);
    await stream.receive([1, 2, 5]);
    const held = await stream.report();
    expect(held).toMatchObject({ horizon: 2, last: 5, missingCount: 2, lostCount: 0 });
    for (const filter of [{ session: stream.session }, {}]) {
      const { positions } = await stream.follow(`${held?.generation}.0.0`, 3, filter);
      expect(positions).toEqual(['1.0', '1.1', '2.0', '2.1'].map((place) => `${held?.generation}.${place}`));
    }
    await stream.receive([6]);
    expect((await stream.report())?.horizonAt).toBe(held?.horizonAt);
    await stream.receive([3]);
    const moved = await stream.report();
    expect(moved).toMatchObject({ horizon: 3, last: 6, missingCount: 1 });
    expect(Date.parse(moved?.horizonAt ?? '')).toBeGreaterThan(Date.parse(held?.horizonAt ?? ''));
  },

  'of messages that the stream dropped do not hold the horizon for ever, and count as lost': async ({
    log,
  }) => {
    const stream = createStream(log);
    await stream.receive([1, 2, 6]);
    await stream.receive([7], 6);
    expect(await stream.report()).toMatchObject({ horizon: 7, last: 7, missingCount: 0, lostCount: 3 });
    expect((await stream.follow()).positions).toHaveLength(8);
    await stream.receive([4], 6);
    expect(await stream.report()).toMatchObject({ horizon: 7, lostCount: 2 });
  },

  'begin where the log began to listen: what the stream had dropped by then is not lost': async ({ log }) => {
    const stream = createStream(log, 40);
    await stream.receive([40, 41]);
    expect(await stream.report()).toMatchObject({ horizon: 41, missingCount: 0, lostCount: 0 });
  },

  'of a message without events move the horizon': async ({ log }) => {
    const position = { stream: unique('stream'), sequence: 1, first: 1 };
    await log.append([{ position, events: [] }]);
    const report = (await log.streams()).find(({ name }) => name === position.stream);
    expect(report).toMatchObject({ horizon: 1, last: 1 });
  },

  'of a stream that was created again are behind all of the one before, whatever was missing of it': async ({
    log,
  }) => {
    const [earlier, later] = [createStream(log), createStream(log)];
    await earlier.receive([1, 3]);
    expect((await earlier.follow()).positions).toHaveLength(2);
    await later.receive([1]);
    const generation = await earlier.generation();
    expect(await later.generation()).toBe(generation + 1);
    expect((await log.streams())[0]).toMatchObject({ name: (await later.report())?.name });
    expect((await later.follow()).positions).toEqual([`${generation + 1}.1.0`, `${generation + 1}.1.1`]);
    expect((await earlier.follow()).positions).toHaveLength(4);
    expect(await earlier.report()).toMatchObject({ horizon: 1, last: 3, missingCount: 1 });
  },

  'are one generation, whoever of several sees a new stream first': async ({ log }) => {
    const stream = createStream(log);
    await Promise.all([1, 2, 3, 4].map((sequence) => stream.receive([sequence])));
    const names = (await log.streams()).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(await stream.report()).toMatchObject({ horizon: 4, missingCount: 0 });
  },

  'of what the log adds itself are passed by nobody who follows': async ({ log }) => {
    const stream = createStream(log);
    const edge = unique('ws-edge');
    const connections = Array.from({ length: 5 }, () => unique('connection'));
    const principal = { issuer: 'main', session: stream.session };
    const opened = connections.map((connection) =>
      cloudEvent({
        type: 'admit.ticket.consumed',
        data: { principal, route: null, handshake: 'h', connection, context: { edge, route: 'chat' } },
      }),
    );
    const name = unique('stream');
    const receive = (sequence: number, events: readonly ReceivedEvent[]) =>
      log.append([
        {
          position: { stream: name, sequence, first: 1 },
          events: events.map((event, index) => ({ index, event })),
        },
      ]);
    await receive(1, [cloudEvent({ type: 'admit.service.started', partitionkey: edge }), ...opened]);
    const seen: string[] = [];
    let next = START;
    const follow = async () => {
      const page = await stream.follow(next, 1);
      seen.push(...page.positions);
      next = page.next;
    };
    await follow();
    await expect
      .poll(async () => {
        await log.markSilent(1);
        return (await log.sequences({ partitionkeys: [edge] }))[0]?.state;
      })
      .toBe('tail_unknown');
    const horizon = horizonPosition(await log.streams());
    const lost = { source: 'auditor', now: Date.now(), silentMs: 1, limit: 2 };
    for (let closed = 1; closed > 0; ) {
      closed = (await log.closeLostConnections(lost)).length;
      await follow();
    }
    await receive(2, [cloudEvent({ data: { principal } })]);
    await follow();
    await receive(3, []);
    await follow();
    expect(seen).toHaveLength(2 * connections.length + 1);
    expect(new Set(seen).size).toBe(seen.length);
    expect((await stream.follow(horizon)).positions).toEqual(seen.slice(connections.length));
  },
};
