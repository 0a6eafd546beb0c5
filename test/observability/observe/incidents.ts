import { setTimeout } from 'node:timers/promises';
import type { Stack } from '../../stack/stack.ts';
import { startVisitors, type Visit } from '../visitors.ts';

/** Something that goes on for a while, beside the usual visitors. */
export interface Incident {
  /** What an operator is told. */
  readonly says: string;
  readonly seconds: number;
  /** Who comes meanwhile, in this order. */
  readonly visits: readonly Visit[];
  /** Is done at its begin and undone at its end. */
  readonly breaks?: { begin(): Promise<void>; end(): Promise<void> };
}

export const usual: readonly Visit[] = ['usual', 'stays', 'usual', 'cutOff', 'staysElsewhere', 'changesMind'];

/** What visitors do wrong, in the order in which `npm run observe` shows it. */
export const visitorIncidents: readonly Incident[] = [
  { says: 'usual visitors', seconds: 60, visits: [] },
  {
    says: 'a page is deployed at an origin that is not listed',
    seconds: 60,
    visits: ['comesFromForgottenPage'],
  },
  { says: 'a release of the client presents its tickets twice', seconds: 60, visits: ['reuses'] },
  {
    says: 'someone elsewhere presents tickets that were used, and guesses',
    seconds: 60,
    visits: ['replays', 'guesses'],
  },
  { says: 'the logins of an office have expired', seconds: 45, visits: ['hasOldToken', 'hasOldToken'] },
];

const PAUSE_MS = 60;

/** Plays incidents one after the other beside the usual visitors, until they are over or it is stopped. */
export async function play(
  stack: Pick<Stack, 'tickets' | 'edges' | 'users'>,
  incidents: Iterable<Incident>,
  { say, signal }: { readonly say: (text: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const visitors = startVisitors(stack, usual, PAUSE_MS);
  try {
    for (const { says, seconds, visits, breaks } of incidents) {
      if (signal.aborted) return;
      say(says);
      const others = startVisitors(stack, visits, PAUSE_MS);
      await breaks?.begin();
      await setTimeout(seconds * 1000, undefined, { signal }).catch(() => {});
      await breaks?.end();
      await others.stop();
    }
  } finally {
    await visitors.stop();
  }
}
