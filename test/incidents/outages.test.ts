import { newId } from '@admit-one/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { request, upgrade, whileDown, whilePaused } from '../faults/rejected.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { issueTicket } from '../stack/visitor.ts';
import { expectAnswer } from './answer.ts';

// Outages as someone on call meets them: a user complains, and one command says whose fault it is.
describeFaults('an outage, by the story of a user who met it', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
  });
  afterAll(() => stack?.stop());

  function serviceOf<Service>([service]: readonly Service[]): Service {
    if (!service) throw new Error('the stack has no such service');
    return service;
  }

  test('"Redis is down"', async () => {
    const sub = newId();
    const token = await stack.users.token({ sub });
    const asked = { method: 'POST', path: '/api/websocket/ticket', token } as const;
    await whilePaused(stack.engines.redis, () => request(serviceOf(stack.ticketServices), asked));
    const answer = await expectAnswer(
      stack,
      `audit story user ${sub}`,
      'Asked for a ticket once and rejected: the ticket store did not answer in time.',
    );
    expect(answer).toContain('Check Redis');
  });

  test('"NATS is away"', async () => {
    const { ticket, ticketId } = await issueTicket(stack);
    await whileDown(stack.engines.nats, () => upgrade(serviceOf(stack.edgeServices), ticket));
    const answer = await expectAnswer(
      stack,
      `why ${ticketId}`,
      'Presented, rejected: no ticket-service answered over the bus within the deadline.',
    );
    expect(answer).toContain('the connection of the edges to NATS');
  });
});
