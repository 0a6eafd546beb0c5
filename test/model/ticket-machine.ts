import {
  type Decision,
  decide,
  evolve,
  NO_TICKET,
  type Reason,
  type TicketCommand,
  type TicketState,
} from '@admit-one/core';
import { nowhere, samplePrincipal } from '@admit-one/testkit';
import { Violation } from './explore.ts';

/** The state machine under test; negative controls put a broken one in its place. */
export type Decide = typeof decide;

/** Half a lease, in milliseconds: a lease may then end before the ticket, with it, or after it. */
export const TICK_MS = 2_500;
/** The lifetime of the ticket, in ticks. */
export const TTL_TICKS = 3;
/** By this tick, lease and ticket have ended, however late the ticket was reserved. */
export const END_TICK = 5;

/** The last tick at which an exchange is carried out: its lease has then ended by `END_TICK`. */
const EXCHANGE_TICKS = 3;

/** What the machine makes of a command, with the state it leaves as a number. */
export type ModelVerdict =
  | { readonly kind: 'changed'; readonly next: number }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'rejected'; readonly reason: Reason; readonly connection: string | null };

/** The real state machine over numbered states, so that worlds are flat and every decision is made once. */
export interface TicketMachine {
  readonly unknown: number;
  readonly issued: number;
  stateOf(id: number): TicketState;
  run(id: number, command: TicketCommand, tick: number): ModelVerdict;
}

const principal = samplePrincipal();

const common = { id: 'command', context: nowhere, deadline: Number.POSITIVE_INFINITY };

/**
 * The commands of the model. They are never past their deadline: every late delivery is carried out. Only an exchange has a
 * deadline, before the store forgets its ticket: after it, it would make another one.
 */
export const commandOf = {
  issue: (): TicketCommand => ({
    type: 'issue',
    ...common,
    principal,
    route: null,
    ttlMs: TTL_TICKS * TICK_MS,
  }),
  exchange: (handshake: string): TicketCommand => ({
    type: 'exchange',
    ...common,
    handshake,
    principal,
    deadline: EXCHANGE_TICKS * TICK_MS,
  }),
  reserve: (handshake: string): TicketCommand => ({ type: 'reserve', ...common, handshake }),
  confirm: (handshake: string, connection: string): TicketCommand => ({
    type: 'confirm',
    ...common,
    handshake,
    connection,
  }),
  release: (handshake: string): TicketCommand => ({
    type: 'release',
    ...common,
    handshake,
    why: 'client_gone',
  }),
  redeem: (handshake: string): TicketCommand => ({ type: 'redeem', ...common, handshake }),
  revoke: (): TicketCommand => ({ type: 'revoke', ...common, why: 'logout' }),
};

/** Makes the machine of one exploration. */
export function createTicketMachine(decideWith: Decide = decide): TicketMachine {
  const states: TicketState[] = [];
  const numbers = new Map<string, number>();
  const verdicts = new Map<TicketCommand, Map<number, ModelVerdict>>();

  function numberOf(state: TicketState): number {
    const key = JSON.stringify(state);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, states.length);
    return states.push(state) - 1;
  }

  function verdictOf(state: TicketState, decision: Decision): ModelVerdict {
    if (decision.kind === 'rejected') return decision;
    if (decision.events.length === 0) return { kind: 'repeated' };
    const next = numberOf(decision.events.reduce(evolve, state));
    if (next === numberOf(state)) throw new Violation('An event was written that changes nothing');
    return { kind: 'changed', next };
  }

  function run(id: number, command: TicketCommand, tick: number): ModelVerdict {
    const of = verdicts.get(command) ?? new Map<number, ModelVerdict>();
    verdicts.set(command, of);
    const at = id * (END_TICK + 1) + tick;
    const known = of.get(at);
    if (known) return known;
    const state = stateOf(id);
    const verdict = verdictOf(state, decideWith(state, command, tick * TICK_MS));
    of.set(at, verdict);
    return verdict;
  }

  function stateOf(id: number): TicketState {
    const state = states[id];
    if (!state) throw new Error(`There is no state ${id}`);
    return state;
  }

  const unknown = numberOf(NO_TICKET);
  const issue = run(unknown, commandOf.issue(), 0);
  if (issue.kind !== 'changed') throw new Error('The ticket was not issued');
  return { unknown, issued: issue.next, stateOf, run };
}
