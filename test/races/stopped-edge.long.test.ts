import { LEASE_MS } from '@admit-one/core';
import { eventually, type FaultProxy, opcodes, type RawSocket } from '@admit-one/testkit';
import { ticketSubjects } from '@admit-one/ticket-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { issueTicket } from '../stack/visitor.ts';
import { expectAllAdmitted } from './expect-all-admitted.ts';
import { expectRecorded } from './expect-recorded.ts';
import { isAdmitted, present } from './presenting.ts';
import { SICK, type SickEdge, startSickEdge } from './sick-edge.ts';
import { presentUntilUsed, statusOf } from './ticket-status.ts';

describeFaults('an edge that is stopped for longer than a lease, and woken', () => {
  let sick: SickEdge;

  beforeAll(async () => {
    sick = await startSickEdge();
  });
  afterAll(() => sick?.stop());

  /**
   * Stops the edge in the moment in which it asks this for a ticket, which it has then reserved. On a busy machine its
   * command may come too late to be accepted: then another ticket is presented.
   */
  async function stopAsking(subject: string, hold: (link: FaultProxy) => void) {
    const { stack, edge, link } = sick;
    for (;;) {
      const issued = await issueTicket(stack);
      const stopped = new Promise<'stopped'>((resolve) => {
        link.onceSent(subject, () => {
          edge.pause();
          hold(link);
          resolve('stopped');
        });
      });
      const client = await present(stack, { ticket: issued.ticket, edge: SICK });
      const isStopped = (await Promise.race([stopped, client.closed])) === 'stopped';
      if (isStopped && (await isReserved(issued.ticketId))) return { issued, client };
      edge.resume();
      await link.heal();
    }
  }

  /** Whether the reserve that is on its way is accepted. It is not once its deadline has passed. */
  async function isReserved(ticketId: string): Promise<boolean> {
    const waiting = eventually(async () => expect(await statusOf(sick.stack, ticketId)).toBe('reserved'), {
      what: 'the reservation',
      timeoutMs: LEASE_MS,
      everyMs: 100,
    });
    return waiting.then(
      () => true,
      () => false,
    );
  }

  /** Stops the edge in the moment in which it asks this, and wakes it when its ticket has admitted elsewhere. */
  async function overtake(subject: string, hold: (link: FaultProxy) => void): Promise<RawSocket> {
    const { stack, edge } = sick;
    const { issued, client } = await stopAsking(subject, hold);
    expect(await presentUntilUsed(stack, issued)).toBe('admitted');
    edge.resume();
    await expectRecorded(stack, [issued.ticketId]);
    return client;
  }

  test('with a reservation that it has not heard of: its client is told, and not admitted', async () => {
    const { stack } = sick;
    const client = await overtake(ticketSubjects.reserve, () => {});
    expect((await client.closed).close?.code).not.toBe(1000);
    expect(isAdmitted(client)).toBe(false);
    await expectAllAdmitted(stack);
    await expectRecorded(stack, []);
  });

  test('with a confirm on its way: that comes too late, and admits nobody', async () => {
    const { stack, link } = sick;
    const before = await rejectedConfirms();
    const client = await overtake(ticketSubjects.confirm, () =>
      link.delay(LEASE_MS + 2_000, 'towardsServer'),
    );
    await eventually(async () => (await rejectedConfirms()) > before, {
      what: 'the late confirm to be rejected',
      timeoutMs: 60_000,
      everyMs: 100,
    });
    await link.heal();
    await eventually(() => client.frames.some(({ opcode }) => opcode === opcodes.close), {
      what: 'the close of the client',
      timeoutMs: 60_000,
    });
    expect(isAdmitted(client)).toBe(false);
    await expectAllAdmitted(stack);
    await expectRecorded(stack, []);
  });

  async function rejectedConfirms(): Promise<number> {
    const pages = await Promise.all(
      sick.stack.ticketServices.map(async ({ metricsUrl }) => (await fetch(metricsUrl)).text()),
    );
    const counts = pages.flatMap((page) => [
      ...page.matchAll(/^admit_commands_total\{(?=.*command="confirm")(?=.*outcome="rejected").*\} (\d+)/gm),
    ]);
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  }
});
