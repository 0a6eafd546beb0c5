import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNothingMissing, expectStory } from '../stack/audit-log.ts';
import type { Stack } from '../stack/stack.ts';
import type { StackKind } from '../stack/stacks.ts';
import { connectWith, issueTicket, requestStatus, type Ticket } from '../stack/visitor.ts';
import { describeAdmission } from './admission.ts';
import { describeBackend } from './backend.ts';
import { describeIssuing } from './issue.ts';
import { describeJwts } from './jwt.ts';
import { describeMetrics } from './metrics.ts';
import { describeOrigins } from './origin.ts';
import { describeRaces } from './race.ts';
import { describeRenewals } from './renewal.ts';
import { describeRevocations } from './revocation.ts';
import { describeRoutes } from './routes.ts';
import { describeSecrets } from './secrets.ts';
import { describeTicketStatus } from './ticket-status.ts';
import { variables } from './variables.ts';

/** One stack for all: none of them breaks it, and the last one stops it. */
export function describeOn({ missing, start }: Omit<StackKind, 'name'>): void {
  if (missing !== undefined) {
    test.skip(missing, () => {});
    return;
  }
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
  describeRevocations(running);
  describeRenewals(running);
  describeJwts(running);
  describeBackend(running);
  describe('while a ticket ages', () => {
    let ageing: Ticket;

    beforeAll(async () => {
      ageing = await issueTicket(stack);
    });

    describeRaces(running);
    test('an expired ticket is rejected, and its status says so', async () => {
      const token = await stack.users.token();
      const statusOf = async ({ ticket }: Ticket) => {
        const response = await requestStatus(stack, ticket, token);
        return (await response.json()) as { readonly state: string };
      };
      // On a busy machine the races take longer than an expired ticket is known.
      const isGone = (await statusOf(ageing)).state === 'unknown';
      const old = isGone ? await issueTicket(stack) : ageing;
      const { ticketId } = old;
      await expect.poll(() => statusOf(old)).toMatchObject({ state: 'expired', lastRejection: null });
      await expect(connectWith(stack, old)).rejects.toMatchObject({ status: 401 });
      const lastRejection = { reason: 'ticket_expired', code: 'NOT_AUTHORIZED' };
      expect(await statusOf(old)).toEqual({ ticketId, state: 'expired', lastRejection });
      const [, rejected] = await expectStory(stack, { ticket: ticketId }, [
        'admit.ticket.issued',
        'admit.ticket.rejected',
      ]);
      expect(rejected?.data.reason).toBe('ticket_expired');
    });
  });

  describeMetrics(running);
  test('no event is missing', () => expectNothingMissing(stack));
  describeSecrets(running);
}
