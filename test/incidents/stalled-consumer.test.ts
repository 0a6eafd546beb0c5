import { expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { startService } from '../stack/service-process.ts';
import { startServices } from '../stack/services.ts';
import { connectWith, issueTicket } from '../stack/visitor.ts';
import { expectAnswer } from './answer.ts';

describeFaults('"is the audit log complete?"', () => {
  test('not while a replica of the audit-service hangs with the messages that it has taken', async () => {
    const stack = await startServices();
    const replica = await startService('audit-service', stack.variables['audit-service']);
    try {
      await replica.ready();
      await expectAnswer(stack, 'audit completeness', 'The audit log is complete.');
      replica.pause();
      for (let visit = 0; visit < 20; visit += 1)
        await (await connectWith(stack, await issueTicket(stack), { edge: visit })).close();
      const lacking =
        /^The audit log is not complete: \d+ events? missing, \d+ messages? of the event stream missing\.$/;
      const answer = await expectAnswer(stack, 'audit completeness', lacking);
      expect(answer).toMatch(/\n *p\d\d\.\S+ +open +\d+ +0 +20\S+/);
      replica.resume();
      await expectAnswer(stack, 'audit completeness', 'The audit log is complete.');
    } finally {
      await replica.stop();
      await stack.stop();
    }
  });
});
