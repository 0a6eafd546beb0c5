import { decodeClose, newWebSocketKey, opcodes, openSocket, type RawSocket } from '@admit-one/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectRejections, expectStory } from '../stack/audit-log.ts';
import type { Stack } from '../stack/stack.ts';
import { carrying, issueTicket, routeUrl } from '../stack/visitor.ts';

const UPGRADES = 100;

interface RaceResult {
  readonly admitted: number;
  readonly consumed: number;
  readonly reasons: string[];
}

/** @param running the stack, known when the tests run */
export function describeRaces(running: () => Stack): void {
  describe(`${UPGRADES} upgrades with one ticket`, () => {
    let stack: Stack;

    beforeAll(async () => {
      stack = running();
    });

    /** Sends a message and sees whether it comes back: only an admitted connection echoes. */
    async function outcomeOf(raw: RawSocket): Promise<'admitted' | 'rejected' | 'overdue'> {
      const { status } = await raw.response();
      if (status !== 101) return status === 503 ? 'overdue' : 'rejected';
      raw.send({ opcode: opcodes.text, payload: 'am I in?' });
      const frame = await raw.next();
      if (frame.opcode === opcodes.text) return 'admitted';
      return decodeClose(frame).code === 1013 ? 'overdue' : 'rejected';
    }

    /** On a busy machine some of so many have no reply in time, which their edge records too: then they race again. */
    async function race(keys: readonly string[]): Promise<RaceResult> {
      const { ticket, ticketId } = await issueTicket(stack);
      const sockets = await Promise.all(
        keys.map((key, edge) =>
          openSocket(routeUrl(stack, 'echo', edge), { protocols: carrying(ticket), key }),
        ),
      );
      const outcomes = await Promise.all(sockets.map(outcomeOf));
      const admitted = outcomes.filter((outcome) => outcome === 'admitted').length;
      if (outcomes.includes('overdue')) {
        await end(sockets);
        expect(admitted).toBeLessThanOrEqual(1);
        return race(keys);
      }
      const counts = await expectRejections(stack, { ticket: ticketId }, UPGRADES - 1);
      // Order across types is not promised: the rejections may be recorded first.
      const consumed = await expectStory(stack, { ticket: ticketId, type: 'admit.ticket.consumed' }, [
        'admit.ticket.consumed',
      ]);
      await end(sockets);
      return { admitted, consumed: consumed.length, reasons: Object.keys(counts) };
    }

    async function end(sockets: readonly RawSocket[]): Promise<void> {
      for (const socket of sockets) socket.abort();
      await Promise.all(sockets.map(({ closed }) => closed));
    }

    test('of as many handshakes: one is admitted, the others are audited', async () => {
      const result = await race(Array.from({ length: UPGRADES }, newWebSocketKey));
      expect(result).toMatchObject({ admitted: 1, consumed: 1 });
      expect(['ticket_in_use', 'ticket_replayed']).toEqual(expect.arrayContaining(result.reasons));
    });

    test('of one handshake: one is admitted, the others are audited', async () => {
      const key = newWebSocketKey();
      const result = await race(Array.from({ length: UPGRADES }, () => key));
      expect(result).toMatchObject({ admitted: 1, consumed: 1 });
      expect(['reservation_lost', 'ticket_duplicate']).toEqual(expect.arrayContaining(result.reasons));
    });
  });
}
