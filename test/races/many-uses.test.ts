import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { isLong } from '../faults/soundness.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { issueTicket } from '../stack/visitor.ts';
import { expectRecorded } from './expect-recorded.ts';
import { admissionsOf, isFair, presentAll } from './load-generator.ts';

const TICKETS = isLong ? 2_000 : 200;
const USES = 5;

describeFaults('many tickets, each presented many times at once', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
  });

  afterAll(() => stack?.stop());

  test('each admits one, by the clients’ account and by the audit log’s', async () => {
    const token = await stack.users.token();
    const issue = () => eventually(() => issueTicket(stack, token), { what: 'a ticket' });
    const fights = await presentAll(stack, {
      tickets: TICKETS,
      uses: USES,
      atATime: 8,
      sharesKey: (ticket) => ticket % 2 === 0,
      issue,
    });
    expect(fights.filter((fight) => !isFair(fight))).toEqual([]);
    const admitted = fights.filter((fight) => admissionsOf(fight) === 1);
    expect(admitted.length).toBeGreaterThan(TICKETS / 2);
    await expectRecorded(
      stack,
      admitted.map(({ ticketId }) => ticketId),
    );
  });
});
