import type { ReceivedEvent } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { expect } from 'vitest';
import { events } from '../../e2e/trail.ts';
import type { Stack } from '../../stack/stack.ts';
import type { Admitted } from '../edge-under-test.ts';
import type { End, FrameCase } from './frame-case.ts';

/** What the trail must say of connections, gathered while they end: one look at it is cheaper than one for each. */
export interface TrailOfEnds {
  note(admitted: Admitted, row: Pick<FrameCase, 'what' | 'end'>): void;
  /** Says that the trail tells of every end that was noted, once and as it was. */
  expectTold(): Promise<void>;
}

export function gatherEnds(stack: Stack): TrailOfEnds {
  const noted = new Map<unknown, { readonly what: string; readonly told: object }>();
  return {
    note: ({ ticketId }, { what, end }) => noted.set(ticketId, { what, told: tellingOf(end) }),
    async expectTold() {
      const expected = [...noted.values()].sort(byWhat);
      const assertion = async () => {
        const all = await events(stack, { type: 'admit.connection.closed' });
        const ours = all.filter(({ data }) => noted.has(data.ticketId));
        const told = ours.map((event) => ({
          what: noted.get(event.data.ticketId)?.what ?? '',
          told: toldBy(event),
        }));
        expect(told.sort(byWhat)).toEqual(expected);
      };
      await eventually(assertion, { what: 'the ends in the trail', everyMs: 200, timeoutMs: 15_000 });
    },
  };
}

function byWhat(one: { readonly what: string }, other: { readonly what: string }): number {
  return one.what < other.what ? -1 : 1;
}

function toldBy({ data: { code, closeText, initiator, reason } }: ReceivedEvent) {
  return { code, closeText, initiator, reason };
}

/** What the trail says of such an end. Whoever is left alone by the edge breaks off at the end of the test. */
function tellingOf(end: End) {
  switch (end.by) {
    case 'edge':
      return { code: end.code, closeText: end.told, initiator: 'edge', reason: end.reason };
    case 'client':
      return { code: end.code, closeText: end.text, initiator: 'client', reason: null };
    case 'nobody':
    case 'network':
      return { code: 1006, closeText: '', initiator: 'network', reason: null };
    default:
      return end satisfies never;
  }
}
