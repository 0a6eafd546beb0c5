import { missingEngines, startRedisCluster } from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keysOf } from './keys.ts';
import { openForTest, ticketLife } from './ticket-life.fixture.ts';

const missing = missingEngines('redis');

describe.skipIf(missing)(`a cluster of Redis${missing ? `, skipped: ${missing}` : ''}`, () => {
  it('is there without the node of the first partition, whose partitions begin new epochs at its return', async () => {
    const cluster = await startRedisCluster({ 'cluster-require-full-coverage': 'no' });
    onTestFinished(() => cluster.stop());
    const { store } = await openForTest({ url: cluster.url });
    const lives = Array.from({ length: 100 }, ticketLife);
    await Promise.all(lives.map(({ issue }) => issue(store)));

    await Promise.all(cluster.nodes.map((node) => node.command('SAVE')));
    const slot = await cluster.nodes[0]?.command('CLUSTER', 'KEYSLOT', keysOf(0).epoch);
    const node = cluster.nodes[Math.floor((3 * Number(slot)) / 16_384)];
    await node?.kill();
    const outcomes = await Promise.allSettled(lives.map(({ admit }) => admit(store)));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'unavailable' });
    const waiting = lives.filter((_, n) => outcomes[n]?.status === 'rejected');
    expect(waiting.length).toBeGreaterThan(0);
    await expect.poll(() => store.ping().catch(() => null)).not.toBeNull();

    await node?.start();
    await cluster.whole();
    for (const { admit } of waiting) {
      const outcome = expect.poll(() => admit(store).catch(() => null));
      await outcome.toMatchObject({ kind: 'rejected', reason: 'ticket_unknown' });
    }
  });
});
