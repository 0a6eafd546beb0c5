import { newWebSocketKey, opcodes, openSocket, type RawSocket } from '@admit-one/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectRejections, expectStory } from '../stack/audit-log.ts';
import type { Stack } from '../stack/stack.ts';
import { carrying, issueTicket, routeUrl } from '../stack/visitor.ts';

const UPGRADES = 100;

/** An edge's own rejection: on a busy machine some of so many have no reply in time. */
const isOverdue = (reason: string) => reason === 'ticket_service_unavailable';

/** @param running the stack, known when the tests run */
export function describeRaces(running: () => Stack): void {
  describe(`${UPGRADES} upgrades with one ticket`, () => {
    let stack: Stack;

    beforeAll(async () => {
      stack = running();
    });

    /** Sends a message and sees whether it comes back: only an admitted connection echoes. */
    async function isAdmitted(raw: RawSocket): Promise<boolean> {
      const { status } = await raw.response();
      if (status !== 101) return false;
      raw.send({ opcode: opcodes.text, payload: 'am I in?' });
      return (await raw.next()).opcode === opcodes.text;
    }

    async function race(keys: readonly string[]) {
      const { ticket, ticketId } = await issueTicket(stack);
      const sockets = await Promise.all(
        keys.map((key, edge) =>
          openSocket(routeUrl(stack, 'echo', edge), { protocols: carrying(ticket), key }),
        ),
      );
      const admitted = await Promise.all(sockets.map(isAdmitted));
      const counts = await expectRejections(stack, { ticket: ticketId }, UPGRADES - 1);
      // Order across types is not promised: the rejections may be recorded first.
      const consumed = await expectStory(stack, { ticket: ticketId, type: 'admit.ticket.consumed' }, [
        'admit.ticket.consumed',
      ]);
      for (const socket of sockets) socket.abort();
      await Promise.all(sockets.map(({ closed }) => closed));
      const reasons = Object.keys(counts).filter((reason) => !isOverdue(reason));
      return { admitted: admitted.filter(Boolean).length, consumed: consumed.length, reasons };
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
