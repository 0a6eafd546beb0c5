import { describe, expect, it } from 'vitest';
import { decide, MAX_RESERVATIONS } from './decide.ts';
import type { TicketEvent } from './events.ts';
import { reserve } from './ticket.fixture.ts';
import { holdsForEveryLife, run, type Step } from './ticket-life.fixture.ts';

/** The connection that an accepted confirm or redeem admits. */
function admittedBy({ command, decision }: Step): string | undefined {
  if (decision.kind === 'rejected') return undefined;
  if (command.type === 'confirm') return `${command.handshake} ${command.connection}`;
  return command.type === 'redeem' ? `${command.handshake} ${command.handshake}` : undefined;
}

describe('the life of a ticket', () => {
  it('admits at most one handshake and connection, however often it says so', () => {
    holdsForEveryLife((steps, see) => {
      const admitted = new Set(steps.map(admittedBy).filter((who) => who !== undefined));
      const consumptions = steps.flatMap(({ events }) => events).filter(isConsumption);
      expect(admitted.size).toBeLessThanOrEqual(1);
      expect(consumptions).toHaveLength(admitted.size);
      if (admitted.size === 1) see();
    });
  });

  it('accepts an accepted confirm again at any later time, without an event', () => {
    holdsForEveryLife((steps, see) => {
      for (const { command, now, decision, after } of steps) {
        if (command.type !== 'confirm' || decision.kind === 'rejected') continue;
        see();
        for (const later of [now, now + 5_000, now + 1_000_000])
          expect(decide(after, { ...command, deadline: later }, later)).toEqual({
            kind: 'accepted',
            events: [],
          });
      }
    });
  });

  it('is not changed by a rejection', () => {
    holdsForEveryLife((steps, see) => {
      const rejected = steps.filter(({ decision }) => decision.kind === 'rejected');
      const undisturbed = run(steps.filter((step) => !rejected.includes(step)));
      expect(undisturbed.at(-1)?.after).toEqual(steps.at(-1)?.after);
      if (rejected.length > 0) see();
    });
  });

  it('lets anybody reserve once the lease has ended, while the ticket is live', () => {
    holdsForEveryLife((steps, see) => {
      for (const { now, after } of steps) {
        if (after.status !== 'reserved' || after.reservations >= MAX_RESERVATIONS) continue;
        const freeAt = Math.max(now, after.reservation.leaseEndsAt);
        if (freeAt >= after.ticket.expiresAt) continue;
        see();
        for (const who of ['H', 'stranger'])
          expect(decide(after, reserve(who), freeAt)).toMatchObject({
            kind: 'accepted',
            events: [{ handshake: who }],
          });
      }
    });
  });

  it('takes no reservation that is late, beyond the bound, or after its end', () => {
    holdsForEveryLife((steps, see) => {
      for (const { before, now, events } of steps) {
        const reservation = events.find((event) => event.type === 'admit.ticket.reserved');
        if (!reservation) continue;
        see();
        expect(before).toHaveProperty('status', expect.stringMatching(/^(issued|reserved)$/));
        expect(before).toHaveProperty(
          'ticket.expiresAt',
          expect.toSatisfy((end) => now < end),
        );
        expect(reservation.reservation).toBeLessThanOrEqual(MAX_RESERVATIONS);
      }
    });
  });

  it('never admits a handshake whose reservation was taken over', () => {
    holdsForEveryLife((steps, see) => {
      for (const { before, events } of steps) {
        const holder = events.find((event) => event.type === 'admit.ticket.reserved')?.handshake;
        const consumed = events.find(isConsumption);
        if (!consumed) continue;
        see();
        expect(consumed.handshake).toBe(
          holder ?? (before.status === 'reserved' ? before.reservation.handshake : undefined),
        );
      }
    });
  });

  it('is never granted to a command past its deadline', () => {
    holdsForEveryLife((steps, see) => {
      for (const { command, now, decision } of steps) {
        if (now <= command.deadline) continue;
        see();
        expect(decision).toMatchObject({ kind: 'rejected', reason: 'deadline_exceeded' });
      }
    });
  });
});

function isConsumption(event: TicketEvent) {
  return event.type === 'admit.ticket.consumed';
}
