import { setTimeout as elapse } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { describeFaults } from './describe-faults.ts';
import { codesOf, expectAdmissions, expectSound, outages } from './soundness.ts';
import { keepVisiting } from './visits.ts';

describeFaults('PostgreSQL', () => {
  let stack: ServicesStack;

  afterEach(() => stack.stop());

  test.each(outages([1], [60]))(
    'stopped for %s s: visitors notice nothing, and the audit log catches up',
    async (seconds) => {
      stack = await startServices();
      const { postgres } = stack.engines;
      const visits = keepVisiting(stack, { atATime: 1 });
      await expectAdmissions(visits, { withinMs: 5_000 });
      await postgres.pause();
      const headers = { authorization: `Bearer ${await stack.operatorToken()}` };
      const ask = async () => (await fetch(`${stack.audit}/api/v1/audit/events`, { headers })).json();
      await expect.poll(ask, { timeout: 15_000 }).toMatchObject({ status: 503, code: 'AUDIT_UNAVAILABLE' });
      await elapse(seconds * 1000);
      await postgres.resume();
      await expectAdmissions(visits, { withinMs: 5_000 });
      const made = await visits.stop();
      expect(codesOf(made)).toEqual([]);
      await expectSound(stack, made);
    },
  );
});
