import { describe, expect, it } from 'vitest';
import type { TicketCommand } from './commands.ts';
import { decide, LEASE_MS } from './decide.ts';
import type { TicketEvent } from './events.ts';
import {
  confirm,
  consumed,
  EXPIRY,
  exchange,
  issue,
  issued,
  redeem,
  release,
  released,
  reserve,
  reserved,
  revoke,
  revoked,
  stateAfter,
  T0,
} from './ticket.fixture.ts';

const soon = T0 + 1;
const LEASE_END = T0 + LEASE_MS;
const held = [issued(), reserved('H', { at: T0 })];
const heldLate = [issued(), reserved('H', { at: EXPIRY - 1 })];
const givenBack = [...held, released('H', { at: T0 })];
const admitted = [...held, consumed('H', 'C')];
const redeemed = [...held, consumed('H', 'H')];

/** Everything that a ticket can be, as far as decisions differ. */
const situations: Record<string, { readonly events: readonly TicketEvent[]; readonly now: number }> = {
  none: { events: [], now: T0 },
  'issued, live': { events: [issued()], now: soon },
  'issued, expired': { events: [issued()], now: EXPIRY },
  'held by H': { events: held, now: soon },
  'held by H, expired': { events: heldLate, now: EXPIRY },
  'lapsed by H': { events: held, now: LEASE_END },
  'lapsed by H, expired': { events: held, now: EXPIRY },
  'released by H': { events: givenBack, now: soon },
  'released by H, expired': { events: givenBack, now: EXPIRY },
  'consumed by H C': { events: admitted, now: soon },
  'consumed by H C, lapsed': { events: admitted, now: LEASE_END },
  'redeemed by H': { events: redeemed, now: soon },
  'redeemed by H, lapsed': { events: redeemed, now: LEASE_END },
  revoked: { events: [issued(), revoked()], now: soon },
};

const commands: Record<string, TicketCommand> = {
  issue: issue(),
  'exchange H': exchange('H'),
  'exchange G': exchange('G'),
  'reserve H': reserve('H'),
  'reserve G': reserve('G'),
  'redeem H': redeem('H'),
  'redeem G': redeem('G'),
  'confirm H C': confirm('H', 'C'),
  'confirm H D': confirm('H', 'D'),
  'confirm G C': confirm('G', 'C'),
  'release H': release('H'),
  'release G': release('G'),
  revoke: revoke(),
};

/** A cell is the verbs of the events, `-` for accepted with none, or `!` and the reason without its `ticket_`. */
const matrix = `
                        | issue      | reserve H | reserve G | redeem H          | redeem G          | revoke
none                    | issued     | !unknown  | !unknown  | !unknown          | !unknown          | !unknown
issued, live            | !duplicate | reserved  | reserved  | reserved consumed | reserved consumed | revoked
issued, expired         | !duplicate | !expired  | !expired  | !expired          | !expired          | revoked
held by H               | !duplicate | -         | !in_use   | consumed          | !in_use           | revoked
held by H, expired      | !duplicate | -         | !in_use   | consumed          | !in_use           | revoked
lapsed by H             | !duplicate | reserved  | reserved  | reserved consumed | reserved consumed | revoked
lapsed by H, expired    | !duplicate | !expired  | !expired  | !expired          | !expired          | revoked
released by H           | !duplicate | reserved  | reserved  | reserved consumed | reserved consumed | revoked
released by H, expired  | !duplicate | !expired  | !expired  | !expired          | !expired          | revoked
consumed by H C         | !duplicate | !duplicate| !replayed | !replayed         | !replayed         | !consumed
consumed by H C, lapsed | !duplicate | !duplicate| !replayed | !replayed         | !replayed         | !consumed
redeemed by H           | !duplicate | !duplicate| !replayed | -                 | !replayed         | revoked
redeemed by H, lapsed   | !duplicate | !duplicate| !replayed | !replayed         | !replayed         | !consumed
revoked                 | !duplicate | !revoked  | !revoked  | !revoked          | !revoked          | -

                        | confirm H C       | confirm H D       | confirm G C       | release H | release G
none                    | !unknown          | !unknown          | !unknown          | -         | -
issued, live            | !reservation_lost | !reservation_lost | !reservation_lost | -         | -
issued, expired         | !reservation_lost | !reservation_lost | !reservation_lost | -         | -
held by H               | consumed          | consumed          | !reservation_lost | released  | -
held by H, expired      | consumed          | consumed          | !reservation_lost | released  | -
lapsed by H             | consumed          | consumed          | !reservation_lost | -         | -
lapsed by H, expired    | !expired          | !expired          | !reservation_lost | -         | -
released by H           | consumed          | consumed          | !reservation_lost | -         | -
released by H, expired  | !expired          | !expired          | !reservation_lost | -         | -
consumed by H C         | -                 | !reservation_lost | !reservation_lost | -         | -
consumed by H C, lapsed | -                 | !reservation_lost | !reservation_lost | -         | -
redeemed by H           | !reservation_lost | !reservation_lost | !reservation_lost | -         | -
redeemed by H, lapsed   | !reservation_lost | !reservation_lost | !reservation_lost | -         | -
revoked                 | !revoked          | !revoked          | !revoked          | -         | -

                        | exchange H      | exchange G
none                    | issued reserved | issued reserved
issued, live            | reserved        | reserved
issued, expired         | !expired        | !expired
held by H               | -               | !in_use
held by H, expired      | -               | !in_use
lapsed by H             | reserved        | reserved
lapsed by H, expired    | !expired        | !expired
released by H           | reserved        | reserved
released by H, expired  | !expired        | !expired
consumed by H C         | !duplicate      | !replayed
consumed by H C, lapsed | !duplicate      | !replayed
redeemed by H           | !duplicate      | !replayed
redeemed by H, lapsed   | !duplicate      | !replayed
revoked                 | !revoked        | !revoked
`;

const cells = matrix
  .trim()
  .split('\n\n')
  .flatMap((table) => {
    const [header = [], ...rows] = table
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()));
    return rows.flatMap(([situation = '', ...outcomes]) =>
      outcomes.map((outcome, column) => ({ situation, command: header[column + 1] ?? '', outcome })),
    );
  });

describe('every command in every situation', () => {
  it('is in the table', () => {
    const all = Object.keys(situations).flatMap((situation) =>
      Object.keys(commands).map((command) => `${situation}: ${command}`),
    );
    expect(cells.map(({ situation, command }) => `${situation}: ${command}`).sort()).toEqual(all.sort());
  });

  it.each(cells)('$situation: $command gives $outcome', ({ situation, command, outcome }) => {
    const { events, now } = situations[situation]!;
    expect(outcomeOf(events, commands[command]!, now)).toBe(outcome);
  });
});

function outcomeOf(events: readonly TicketEvent[], command: TicketCommand, now: number): string {
  const decision = decide(stateAfter(...events), command, now);
  if (decision.kind === 'rejected') return `!${decision.reason.replace('ticket_', '')}`;
  return decision.events.map(({ type }) => type.replace('admit.ticket.', '')).join(' ') || '-';
}
