import { eventually, type FaultProxy } from '@admit-one/testkit';
import { ticketSubjects } from '@admit-one/ticket-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { issueTicket } from '../stack/visitor.ts';
import { expectAllAdmitted } from './expect-all-admitted.ts';
import { expectRecorded } from './expect-recorded.ts';
import { isAdmitted, present } from './presenting.ts';
import { SICK, type SickEdge, startSickEdge } from './sick-edge.ts';
import { expectStatus, presentUntilUsed, statusOf } from './ticket-status.ts';

const HANDSHAKES = 10;

interface Window {
  readonly when: string;
  /** Breaks the link so that the edge stays in the window. */
  readonly hold: (link: FaultProxy) => void;
  /** How many clients have their 101 then, at least. */
  readonly opened: number;
  /** How many tickets have which status then, at least. */
  readonly tickets: readonly [atLeast: number, status: 'reserved' | 'consumed'];
}

const windows: readonly Window[] = [
  {
    when: 'between reserve and 101',
    hold: (link) => link.dropTowardsClient(),
    opened: 0,
    tickets: [HANDSHAKES, 'reserved'],
  },
  {
    when: 'between 101 and confirm',
    hold: (link) => link.onceSent(ticketSubjects.confirm, () => link.dropTowardsServer()),
    opened: 1,
    tickets: [1, 'reserved'],
  },
  {
    when: 'between confirm and its reply',
    hold: (link) => link.onceSent(ticketSubjects.confirm, () => link.dropTowardsClient()),
    opened: 1,
    tickets: [1, 'consumed'],
  },
];

describeFaults('an edge that is killed', () => {
  let sick: SickEdge;

  beforeAll(async () => {
    sick = await startSickEdge();
  });
  afterAll(() => sick?.stop());

  test.each(windows)(
    '$when admits nobody twice, and locks nobody out',
    async ({ hold, opened, tickets: [atLeast, status] }) => {
      const { stack, edge, link } = sick;
      const issued = await Promise.all(Array.from({ length: HANDSHAKES }, () => issueTicket(stack)));
      const ids = issued.map(({ ticketId }) => ticketId);

      hold(link);
      const sockets = await Promise.all(issued.map(({ ticket }) => present(stack, { ticket, edge: SICK })));
      await expectStatus(stack, ids, status, atLeast);
      const answered = () => sockets.filter(({ bytes }) => bytes.includes(' 101 ')).length;
      await eventually(() => answered() >= opened, { what: 'the 101', timeoutMs: 20_000 });
      await edge.kill();
      await expectAllAdmitted(stack);
      await link.heal();

      expect(sockets.filter(isAdmitted)).toEqual([]);
      const usedUp = await Promise.all(ids.map(async (id) => (await statusOf(stack, id)) === 'consumed'));
      expect(usedUp.some(Boolean)).toBe(status === 'consumed');
      const outcomes = await Promise.all(issued.map((ticket) => presentUntilUsed(stack, ticket)));
      expect(outcomes.map((outcome) => outcome !== 'admitted')).toEqual(usedUp);
      await expectRecorded(stack, ids);

      await edge.start();
      await edge.ready();
    },
  );
});
