import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { announcedLosses, events, sequences, settled } from '../stack/audit-log.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { issueTicket, requestTicket } from '../stack/visitor.ts';
import { describeFaults } from './describe-faults.ts';

const TICKETS = 30;

describeFaults('what is lost', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
  });
  afterAll(() => stack?.stop());

  test('with a store that restarts empty while the bus is away is announced, every event of it', async () => {
    const { redis, nats } = stack.engines;
    await settled(stack);
    const before = await announcedLosses(stack);
    await nats.kill();
    const issued = [];
    let tries = 0;
    const issue = () => {
      tries += 1;
      return requestTicket(stack);
    };
    for (let n = 0; n < TICKETS; n += 1) issued.push(await eventually(issue, { what: 'a ticket' }));
    await redis.kill();
    await redis.start();
    await eventually(() => issueTicket(stack), { what: 'a ticket of the next epoch' });
    await nats.start();

    await eventually(
      async () => expect((await announcedLosses(stack)) - before).toBeGreaterThanOrEqual(TICKETS),
      { what: `${TICKETS} announced losses`, everyMs: 250 },
    );
    // A try whose reply was lost may have issued a ticket all the same.
    expect((await announcedLosses(stack)) - before).toBeLessThanOrEqual(tries);
    const told = await events(stack, { type: 'admit.ticket.issued' });
    const ids = new Set(told.map(({ subject }) => subject));
    expect(issued.filter(({ ticketId }) => ids.has(ticketId))).toEqual([]);
    const ended = async () => (await sequences(stack)).filter(({ state }) => state === 'tail_unknown');
    // A partition's sequence has ended once the next epoch's has begun in the log.
    await eventually(async () => expect((await ended()).length).toBeGreaterThanOrEqual(16), {
      what: 'the end of every sequence of the lost epoch',
    });
    await eventually(() => expect(stack.auditService.lines('tail_unknown').length).toBeGreaterThan(0), {
      what: 'the line of the unknown tails',
    });
    expect(await stack.auditService.metrics()).toMatch(/^admit_audit_partition_keys\S*tail_unknown\S* \d\d/m);
  });
});
