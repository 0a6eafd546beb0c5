import { newWebSocketKey } from '@admit-one/testkit';
import { type Edges, type Outcome, tryOnce } from './presenting.ts';

export interface IssuedTicket {
  readonly ticket: string;
  readonly ticketId: string;
}

export interface CrowdOptions {
  readonly tickets: number;
  /** How often each ticket is presented, at once, over all edges. */
  readonly presentations: number;
  /** How many tickets are presented at a time. */
  readonly atATime: number;
  /** Whether all presentations of a ticket are passes of one handshake, given the ticket's number. */
  readonly sharesKey: (ticket: number) => boolean;
  readonly issue: () => Promise<IssuedTicket>;
}

/** What became of every presentation of a ticket. */
export interface Fight extends IssuedTicket {
  readonly outcomes: readonly Outcome[];
}

/** Presents many tickets, each many times at once. */
export async function crowd(edges: Edges, options: CrowdOptions): Promise<readonly Fight[]> {
  const { tickets, presentations, atATime, sharesKey, issue } = options;
  const fights: Fight[] = [];
  let next = 0;

  async function fightOver(number: number): Promise<Fight> {
    const issued = await issue();
    const shared = newWebSocketKey();
    const outcomes = Array.from({ length: presentations }, (_, edge) => {
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

/** How many presentations of a ticket were admitted. */
export function admissionsOf({ outcomes }: Fight): number {
  return outcomes.filter((outcome) => outcome === 'admitted').length;
}

/** Whether one was admitted; none may be only where somebody was told that the service is unavailable. */
export function isFair(fight: Fight): boolean {
  const admissions = admissionsOf(fight);
  return admissions === 1 || (admissions === 0 && fight.outcomes.includes('unavailable'));
}
