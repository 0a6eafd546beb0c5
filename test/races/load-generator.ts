import { newWebSocketKey } from '@admit-one/testkit';
import { type Edges, tryOnce, type UseOutcome } from './presenting.ts';

export interface IssuedTicket {
  readonly ticket: string;
  readonly ticketId: string;
}

export interface LoadOptions {
  readonly tickets: number;
  /** How often each ticket is presented, at once, over all edges. */
  readonly uses: number;
  /** How many tickets are presented at a time. */
  readonly atATime: number;
  /** Whether all uses of a ticket are passes of one handshake, given the ticket's number. */
  readonly sharesKey: (ticket: number) => boolean;
  readonly issue: () => Promise<IssuedTicket>;
}

/** What became of every use of a ticket. */
export interface PresentedTicket extends IssuedTicket {
  readonly outcomes: readonly UseOutcome[];
}

/** Presents many tickets, each many times at once. */
export async function presentAll(edges: Edges, options: LoadOptions): Promise<readonly PresentedTicket[]> {
  const { tickets, uses, atATime, sharesKey, issue } = options;
  const fights: PresentedTicket[] = [];
  let next = 0;

  async function fightOver(number: number): Promise<PresentedTicket> {
    const issued = await issue();
    const shared = newWebSocketKey();
    const outcomes = Array.from({ length: uses }, (_, edge) => {
      const key = sharesKey(number) ? shared : newWebSocketKey();
      return tryOnce(edges, { ticket: issued.ticket, edge, key });
    });
    return { ...issued, outcomes: await Promise.all(outcomes) };
  }

  async function keepFighting(): Promise<void> {
    while (next < tickets) {
      next += 1;
      fights.push(await fightOver(next));
    }
  }

  await Promise.all(Array.from({ length: atATime }, keepFighting));
  return fights;
}

/** How many uses of a ticket were admitted. */
export function admissionsOf({ outcomes }: PresentedTicket): number {
  return outcomes.filter((outcome) => outcome === 'admitted').length;
}

/** Whether one was admitted; none may be only where somebody was told that the service is unavailable. */
export function isFair(fight: PresentedTicket): boolean {
  const admissions = admissionsOf(fight);
  return admissions === 1 || (admissions === 0 && fight.outcomes.includes('unavailable'));
}
