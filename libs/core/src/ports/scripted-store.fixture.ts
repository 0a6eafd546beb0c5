import type { TicketState } from '../ticket/state.ts';
import { T0 } from '../ticket/ticket.fixture.ts';
import {
  type AppendResult,
  type EventRecord,
  type LoadedTicket,
  StoreError,
  type TicketAppend,
  type TicketStore,
} from './ticket-store.ts';

/** What one call of the store was asked, and what it answered. */
export type Call =
  | { readonly of: 'load'; readonly answer: LoadedTicket | StoreError }
  | { readonly of: 'append'; readonly append: TicketAppend; readonly answer: AppendResult | StoreError }
  | { readonly of: 'record'; readonly record: EventRecord; readonly answer: 'recorded' | StoreError };

/** What a ticket may be found as. */
export type Found = Omit<LoadedTicket, 'version'>;

/** Store time at which every append succeeds. */
export const APPENDED_AT = T0 + 7;

/** Picks one of the options. */
export type Choose = <Option>(options: readonly Option[]) => Option;

/** Runs with every sequence of choices there is, and gives how many those were. A run must choose the same way again. */
export async function withEveryChoice(run: (choose: Choose) => Promise<void>): Promise<number> {
  const path: { taken: number; readonly of: number }[] = [];
  for (let runs = 1; ; runs += 1) {
    let depth = 0;
    await run((options) => {
      const step = path[depth] ?? { taken: 0, of: options.length };
      path[depth] = step;
      depth += 1;
      return options[step.taken] as (typeof options)[number];
    });
    while (path.length > 0 && path.at(-1)?.taken === (path.at(-1)?.of ?? 0) - 1) path.pop();
    const last = path.at(-1);
    if (!last) return runs;
    last.taken += 1;
  }
}

/**
 * A store that answers each call by choice, however little the answers go together, and writes down what it was asked.
 * @param mayFind what a load may find, by how many there were before and what the last of them found
 */
export function scriptedStore(
  choose: Choose,
  mayFind: (loads: number, last: Found | undefined) => readonly Found[],
) {
  const calls: Call[] = [];
  const unavailable = new StoreError('unavailable', 'no answer');
  let loads = 0;
  let last: Found | undefined;
  const full = new StoreError('outbox_full', 'no room');

  function given<Answer>(answer: Answer | StoreError): Answer {
    if (answer instanceof StoreError) throw answer;
    return answer;
  }

  const store: TicketStore = {
    async load() {
      const found = choose<Found | StoreError>([...mayFind(loads, last), unavailable]);
      loads += 1;
      if (!(found instanceof StoreError)) last = found;
      const version = (state: TicketState) => (state.status === 'none' ? null : `version-${calls.length}`);
      const answer = found instanceof StoreError ? found : { ...found, version: version(found.state) };
      calls.push({ of: 'load', answer });
      return given(answer);
    },
    async append(append) {
      const answer = choose<AppendResult | StoreError>([
        { ok: true, version: 'next', now: APPENDED_AT },
        { ok: false, because: 'version' },
        { ok: false, because: 'revoked', subject: 'session:main:session-1' },
        unavailable,
        full,
      ]);
      calls.push({ of: 'append', append, answer });
      return given(answer);
    },
    async record(record) {
      const answer = choose(['recorded', unavailable, full] as const);
      calls.push({ of: 'record', record, answer });
      given(answer);
    },
    inspect: () => Promise.reject(new Error('a command inspects nothing')),
    ping: () => Promise.reject(new Error('a command asks for no time')),
    close: () => Promise.reject(new Error('a command closes no store')),
  };
  return { store, calls: calls as readonly Call[] };
}
