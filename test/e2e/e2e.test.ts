import { afterAll, beforeAll, describe, test } from 'vitest';
import { expectNothingMissing } from '../stack/audit-log.ts';
import type { Stack } from '../stack/stack.ts';
import { stacks } from '../stack/stacks.ts';
import { describeAdmission } from './admission.ts';
import { describeIssuing } from './issue.ts';
import { describeOrigins } from './origin.ts';
import { describeRaces } from './race.ts';
import { describeRoutes } from './routes.ts';
import { describeSecrets } from './secrets.ts';
import { describeTicketStatus } from './ticket-status.ts';
import { variables } from './variables.ts';

/** One stack of each kind for all: none of them breaks it, and the last one stops it. */
describe.each(stacks)('on $name', ({ missing, start }) => {
  if (missing !== undefined) return test.skip(missing, () => {});
  let stack: Stack;
  const running = () => stack;

  beforeAll(async () => {
    stack = await start(variables);
  });
  afterAll(() => stack?.stop());

  describeIssuing(running);
  describeAdmission(running);
  describeOrigins(running);
  describeRoutes(running);
  describeTicketStatus(running);
  describeRaces(running);
  test('no event is missing', () => expectNothingMissing(stack));
  describeSecrets(running);
});
