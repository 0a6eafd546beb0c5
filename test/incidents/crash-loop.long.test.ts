import { newId } from '@admit-one/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { connectTo } from '../faults/rejected.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { issueTicket } from '../stack/visitor.ts';
import { expectAnswer } from './answer.ts';

describeFaults('a crash loop, by the story of a user who met it', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
  });
  afterAll(() => stack?.stop());

  test('"the edge crashes again and again"', async () => {
    const sub = newId();
    const [edge] = stack.edgeServices;
    if (!edge) throw new Error('the stack has no edge');
    for (let life = 0; life < 2; life += 1) {
      const { ticket } = await issueTicket(stack, await stack.users.token({ sub }));
      const { socket, next, closed } = await connectTo(edge, ticket);
      socket.send('admitted');
      await next();
      await edge.kill();
      await closed;
      await edge.start();
      await edge.ready();
    }
    const lost = /^Admitted twice; the last connection closed after .*: the edge stopped or fell silent/;
    // An edge counts as lost after 30 s of silence.
    const answer = await expectAnswer(stack, `audit story user ${sub}`, lost);
    expect(answer).toContain('Find out why the edge ended');
  });
});
