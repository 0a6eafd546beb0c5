import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreesAtOnce } from './at-once.ts';
import { agreesInTurn } from './in-turn.ts';
import { type Subject, subjects } from './subjects.ts';

/** How a command may end on any store; where time can pass, there is more to see. */
const endings = [
  ...['accepted', 'deadline_exceeded', 'reservation_lost', 'route_mismatch', 'session_revoked'],
  ...['ticket_consumed', 'ticket_duplicate', 'ticket_expired', 'ticket_in_use', 'ticket_replayed'],
  ...['ticket_revoked', 'ticket_unknown', 'reservations_exhausted'],
];

const TIMEOUT_MS = 600_000;

for (const { name, missing, timePasses, runs, start } of subjects)
  describe.skipIf(missing !== undefined)(`${name} and the state machine`, { timeout: TIMEOUT_MS }, () => {
    let started: { open(): Subject; stop(): Promise<void> };
    const open = () => started.open();

    beforeAll(async () => {
      started = await start();
    });
    afterAll(() => started?.stop());

    it('agree on whatever is done in turn', async () => {
      const seen = new Set<string>();
      const onEnded = (how: string) => seen.add(how);
      await fc.assert(agreesInTurn(open, { timePasses, onEnded }), { numRuns: runs });
      expect([...seen]).toEqual(expect.arrayContaining(endings));
    });

    it('agree on whatever is done at once: it is as if it were done in some order', async () => {
      await fc.assert(agreesAtOnce(open), { numRuns: runs });
    });
  });
