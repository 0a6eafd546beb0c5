import { missingEngines, startRedisCluster } from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openForTest, ticketLife } from './ticket-life.fixture.ts';

const missing = missingEngines('redis');

describe.skipIf(missing)(`a cluster of Redis${missing ? `, skipped: ${missing}` : ''}`, () => {
  it('is taken back by itself when a node is, and its partitions begin new epochs', async () => {
    const cluster = await startRedisCluster();
    onTestFinished(() => cluster.stop());
    const { store } = await openForTest({ url: cluster.url });
    const lives = Array.from({ length: 100 }, ticketLife);
    await Promise.all(lives.map(({ issue }) => issue(store)));

    await Promise.all(cluster.nodes.map((node) => node.command('SAVE')));
    const [node] = cluster.nodes;
    await node?.kill();
    const outcomes = await Promise.allSettled(lives.map(({ admit }) => admit(store)));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'unavailable' });
    const waiting = lives.filter((_, n) => outcomes[n]?.status === 'rejected');
    expect(waiting.length).toBeGreaterThan(0);

    await node?.start();
    await cluster.whole();
    for (const { admit } of waiting) {
      const outcome = expect.poll(() => admit(store).catch(() => null));
      await outcome.toMatchObject({ kind: 'rejected', reason: 'ticket_unknown' });
    }
  });
});
