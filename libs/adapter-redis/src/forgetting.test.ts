import type { LoadedTicket } from '@admit-one/core';
import { newEvent } from '@admit-one/port-contracts';
import { missingEngines, startRedis } from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openForTest, ticketLife } from './ticket-life.fixture.ts';

const missing = missingEngines('redis');

/** A Redis with one ticket in it, until the end of the test. */
async function issued() {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const { store } = await openForTest({ url: redis.url });
  const life = ticketLife();
  await life.issue(store);
  return { redis, store, life };
}

describe.skipIf(missing)(`a ticket in Redis${missing ? `, skipped: ${missing}` : ''}`, () => {
  it('is known up to the time to forget it, and no longer', async () => {
    const { store, life } = await issued();
    const { version, state, now } = await store.load(life.ticketId);
    const retainUntil = now + 2_000;
    await store.append({
      ticketId: life.ticketId,
      expectedVersion: version,
      events: [newEvent({ type: 'admit.ticket.released', subject: life.ticketId })],
      state,
      retainUntil,
      guards: [],
      fences: [],
      work: 'existing',
    });

    const loads: LoadedTicket[] = [];
    do loads.push(await store.load(life.ticketId));
    while ((loads.at(-1)?.now ?? 0) < retainUntil + 100);
    const before = loads.filter((load) => load.now < retainUntil);
    // A script looks at a key's expiry when it starts, and tells the time when it ends.
    const after = loads.slice(before.length + 1);
    expect([before.length, after.length].every((length) => length > 0)).toBe(true);
    expect(before.filter((load) => load.version === null)).toEqual([]);
    expect(after.filter((load) => load.version !== null)).toEqual([]);
  });

  it('takes one key for all its rejections, and none where there is no ticket', async () => {
    const { redis, store, life } = await issued();
    const strangers = Array.from({ length: 100 }, () => ticketLife());
    for (const { admit } of [...strangers, ...strangers.map(() => life)]) await admit(store);
    const keys = (await redis.command('KEYS', '*:rejected:*')).trim().split('\n');
    expect(keys).toEqual([expect.stringContaining(life.ticketId)]);
    expect(await store.inspect(life.ticketId)).toMatchObject({ lastRejection: 'ticket_replayed' });
  });
});
