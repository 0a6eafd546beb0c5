import { ticketSubjects } from '@admit-one/gate';
import { eventually, type FaultProxy } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueTicket } from '../e2e/visitor.ts';
import { describeFaults } from '../faults/describe-faults.ts';
import { expectTold } from './expect-told.ts';
import { isAdmitted, present } from './presenting.ts';
import {
  expectEverybodyIn,
  expectStatus,
  presentUntilUsed,
  SICK,
  type SickEdge,
  startSickEdge,
  statusOf,
} from './sick-edge.ts';

const HANDSHAKES = 10;

interface Window {
  readonly when: string;
  /** What is done to the link, so that the edge stays in the window. */
  readonly hold: (link: FaultProxy) => void;
  /** How many clients have their 101 at least, and how the tickets of those stand. */
  readonly opened: number;
  readonly status: 'reserved' | 'consumed';
  readonly atLeast: number;
}

const windows: readonly Window[] = [
  {
    when: 'between reserve and 101',
    hold: (link) => link.dropTowardsClient(),
    opened: 0,
    status: 'reserved',
    atLeast: HANDSHAKES,
  },
  {
    when: 'between 101 and confirm',
    hold: (link) => link.onceSent(ticketSubjects.confirm, () => link.dropTowardsServer()),
    opened: 1,
    status: 'reserved',
    atLeast: 1,
  },
  {
    when: 'between confirm and its reply',
    hold: (link) => link.onceSent(ticketSubjects.confirm, () => link.dropTowardsClient()),
    opened: 1,
    status: 'consumed',
    atLeast: 1,
  },
];

describeFaults('an edge that is killed', () => {
  let sick: SickEdge;

  beforeAll(async () => {
    sick = await startSickEdge();
  });
  afterAll(() => sick?.stop());

  test.each(windows)('$when admits nobody twice, and locks nobody out', async (window) => {
    const { stack, edge, link } = sick;
    const issued = await Promise.all(Array.from({ length: HANDSHAKES }, () => issueTicket(stack)));
    const ids = issued.map(({ ticketId }) => ticketId);

    window.hold(link);
    const sockets = await Promise.all(issued.map(({ ticket }) => present(stack, { ticket, edge: SICK })));
    await expectStatus(stack, ids, window.status, window.atLeast);
    const opened = () => sockets.filter(({ bytes }) => bytes.includes(' 101 ')).length;
    await eventually(() => opened() >= window.opened, { what: 'the 101', timeoutMs: 20_000 });
    await edge.kill();
    await expectEverybodyIn(stack);
    await link.heal();

    expect(sockets.filter(isAdmitted)).toEqual([]);
    const usedUp = await Promise.all(
      ids.map((id) => statusOf(stack, id).then((status) => status === 'consumed')),
    );
    expect(usedUp.some(Boolean)).toBe(window.status === 'consumed');
    const outcomes = await Promise.all(issued.map((ticket) => presentUntilUsed(stack, ticket)));
    expect(outcomes.map((outcome) => outcome !== 'admitted')).toEqual(usedUp);
    const consumed = await expectTold(stack, ids);
    expect(ids.every((id) => consumed.includes(id))).toBe(true);

    await edge.start();
    await edge.ready();
  });
});
