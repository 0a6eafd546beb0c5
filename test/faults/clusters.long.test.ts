import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusteredStack, startClustered } from '../stack/clusters.ts';
import { askJetStream } from '../stack/services.ts';
import { describeFaults } from './describe-faults.ts';
import { codesOf, expectAdmissions, expectSound } from './soundness.ts';
import { keepVisiting, type Visit } from './visits.ts';

describeFaults('clusters of NATS and Redis', () => {
  let stack: ClusteredStack;

  beforeAll(async () => {
    stack = await startClustered({ redis: 'cluster' });
  });
  afterAll(() => stack?.stop());

  /** The server that leads the event stream. */
  async function streamLeader(): Promise<string> {
    return eventually(
      async () => {
        const { config, cluster } = await askJetStream<{
          config: { num_replicas: number };
          cluster: { leader?: string; replicas?: readonly { current: boolean }[] };
        }>(stack.jetStreamApi, 'STREAM.INFO.ADMIT');
        expect(config.num_replicas).toBe(3);
        expect(cluster.replicas?.map(({ current }) => current)).toEqual([true, true]);
        if (!cluster.leader) throw new Error('the stream has no leader');
        return cluster.leader;
      },
      { what: 'a stream with a leader and two replicas', timeoutMs: 60_000, everyMs: 250 },
    );
  }

  test('admit through the death of the leader of the event stream, nobody twice, and lose no event', async () => {
    const visits = keepVisiting(stack);
    for (let death = 0; death < 3; death += 1) {
      await expectAdmissions(visits, { withinMs: 5_000 });
      const leader = stack.nats.node(await streamLeader());
      await leader.kill();
      await expectAdmissions(visits, { withinMs: 15_000 });
      await leader.start();
    }
    await streamLeader();
    await expectAdmissions(visits, { withinMs: 5_000 });
    const made = await visits.stop();
    console.log(`three leaders killed: ${summaryOf(made)}`);
    expect(codesOf(made).filter((code) => code !== 'UNAVAILABLE')).toEqual([]);
    await expectSound(stack, made);
  });

  test('admit again when a node of Redis is back, nobody twice, and lose no event', async () => {
    const visits = keepVisiting(stack);
    for (const node of stack.redis.nodes) {
      await expectAdmissions(visits, { withinMs: 5_000 });
      await node.kill();
      await node.start();
      await stack.redis.whole();
    }
    await expectAdmissions(visits, { withinMs: 15_000 });
    const made = await visits.stop();
    console.log(`each node of Redis killed: ${summaryOf(made)}`);
    await expectSound(stack, made);
  });

  test('admit while one of each service is killed and started again', async () => {
    const visits = keepVisiting(stack);
    const [, tickets] = stack.ticketServices;
    const [, edge] = stack.edgeServices;
    for (const service of [tickets, edge, stack.auditService]) {
      await expectAdmissions(visits, { withinMs: 5_000 });
      await service?.kill();
      await expectAdmissions(visits, { withinMs: 10_000 });
      await service?.start();
      await service?.ready();
    }
    await expectSound(stack, await visits.stop());
  });
});

/** In words, for the run's output. */
function summaryOf(made: readonly Visit[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of made) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return `${JSON.stringify(Object.fromEntries(counts))}, codes ${codesOf(made).join(', ') || 'none'}`;
}
