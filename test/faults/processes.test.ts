import { setTimeout as elapse } from 'node:timers/promises';
import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { events } from '../stack/audit-log.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { describeFaults } from './describe-faults.ts';
import { shortenRedelivery } from './redelivery.ts';
import { codesOf, expectAdmissions, expectSound, isLong, outages } from './soundness.ts';
import { keepVisiting } from './visits.ts';

const LIVES = isLong ? 3 : 1;

describeFaults('a process', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
    await shortenRedelivery(stack.jetStreamApi);
  });
  afterAll(() => stack?.stop());

  test('audit-service, killed: every event is in the audit log once', async () => {
    const visits = keepVisiting(stack);
    for (let life = 0; life < LIVES; life += 1) {
      await expectAdmissions(visits, { withinMs: 5_000 });
      await stack.auditService.kill();
      await expectAdmissions(visits, { withinMs: 5_000 });
      await stack.auditService.start();
    }
    await stack.auditService.ready();
    await expectSound(stack, await visits.stop());
  });

  test('ticket-service with its relay, killed: the other one goes on with both', async () => {
    const [, other] = stack.ticketServices;
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    await other?.kill();
    await expectAdmissions(visits, { withinMs: 10_000 });
    await expectSound(stack, await visits.stop());
    await other?.start();
    await other?.ready();
  });

  test('edge, killed: its tickets are good again or consumed once, and its end is told as unknown', async () => {
    const [, other] = stack.edgeServices;
    const visits = keepVisiting(stack);
    await expectAdmissions(visits, { withinMs: 5_000 });
    await other?.kill();
    await other?.start();
    await other?.ready();
    await expectAdmissions(visits, { withinMs: 5_000 });
    const made = await visits.stop();
    await expectSound(stack, made);
    const edges = await eventually(
      async () => {
        const lives = await events(stack, { type: 'admit.service.started' });
        const ofEdges = lives.filter(({ data }) => data.service === 'ws-edge');
        expect(ofEdges).toHaveLength(3);
        return ofEdges;
      },
      { what: 'the start of each life of an edge' },
    );
    const ends = await events(stack, { type: 'admit.service.stopped' });
    expect(ends.map(({ subject }) => subject)).not.toContain(edges[1]?.subject);
  });

  test.each(outages([1], [60]))(
    'PostgreSQL, stopped for %s s: visitors notice nothing, and the audit log catches up',
    async (seconds) => {
      const { postgres } = stack.engines;
      const visits = keepVisiting(stack, { atATime: 1 });
      await expectAdmissions(visits, { withinMs: 5_000 });
      await postgres.pause();
      const headers = { authorization: `Bearer ${await stack.operatorToken()}` };
      const ask = async () => (await fetch(`${stack.audit}/api/v1/audit/events`, { headers })).json();
      await expect.poll(ask).toMatchObject({ status: 503, code: 'AUDIT_UNAVAILABLE' });
      await elapse(seconds * 1000);
      await postgres.resume();
      await expectAdmissions(visits, { withinMs: 5_000 });
      const made = await visits.stop();
      expect(codesOf(made)).toEqual([]);
      await expectSound(stack, made);
    },
  );
});
