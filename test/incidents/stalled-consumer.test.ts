import { eventually } from '@admit-one/testkit';
import { expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { startService } from '../stack/service-process.ts';
import { startServices } from '../stack/services.ts';
import { connectWith, issueTicket } from '../stack/visitor.ts';
import { expectAnswer } from './answer.ts';

describeFaults('"is the audit log complete?"', () => {
  test('not while a replica of the audit-service hangs with the messages that it has taken', async () => {
    // Shorter than NATS waits for the replica, after which nothing is missing any more.
    const stack = await startServices({ variables: { SEQUENCE_GAP_GRACE_SECONDS: '1' } });
    const lacking =
      /^The audit log is not complete: \d+ events? missing, \d+ messages? of the event stream missing\.$/;
    const visitMuch = () =>
      Promise.all(
        Array.from({ length: 20 }, async (_, edge) =>
          (await connectWith(stack, await issueTicket(stack), { edge })).close(),
        ),
      );
    const expectComplete = () => expectAnswer(stack, 'audit completeness', 'The audit log is complete.');
    const expectLack = (answer: RegExp) =>
      expectAnswer(stack, 'audit completeness', answer, { timeoutMs: 5_000 });
    /** With a replica of its own for each try: one that has hung asks for messages only seconds later. */
    const stall = async () => {
      const replica = await startService('audit-service', stack.variables['audit-service']);
      try {
        await replica.ready();
        await expectComplete();
        // For a few seconds it has asked for messages that it does not take.
        replica.pause();
        await visitMuch();
        await expectLack(/\d+ messages? of the event stream missing\.$/);
        // What is stored behind them tells which events they have.
        await visitMuch();
        return await expectLack(lacking);
      } finally {
        replica.resume();
        await replica.stop();
      }
    };
    try {
      const answer = await eventually(stall, { what: 'messages that the replica has taken' });
      expect(answer).toMatch(/\n *p\d\d\.\S+ +open +\d+ +0 +20\S+/);
      await expectComplete();
    } finally {
      await stack.stop();
    }
  });
});
