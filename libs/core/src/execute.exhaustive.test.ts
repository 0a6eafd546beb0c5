import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import { execute, type Outcome } from './execute.ts';
import {
  APPENDED_AT,
  type Call,
  type Found,
  scriptedStore,
  withEveryChoice,
} from './ports/scripted-store.fixture.ts';
import { type LoadedTicket, StoreError } from './ports/ticket-store.ts';
import type { TicketCommand } from './ticket/commands.ts';
import { type Decision, decide } from './ticket/decide.ts';
import { evolve } from './ticket/evolve.ts';
import { NO_TICKET } from './ticket/state.ts';
import {
  confirm,
  consumed,
  exchange,
  issue,
  issued,
  redeem,
  release,
  reserve,
  reserved,
  revoke,
  revoked,
  stateAfter,
  T0,
} from './ticket/ticket.fixture.ts';

const MAX_RACES = 10;
const inTime = { deadline: T0 + 1_000 };

const held = [issued(), reserved('H', { at: T0 })];
const findable = [
  { state: NO_TICKET, now: T0 },
  { state: stateAfter(issued()), now: T0 },
  { state: stateAfter(...held), now: T0 },
  { state: stateAfter(...held, consumed('H', 'C')), now: T0 },
  { state: stateAfter(issued(), revoked()), now: T0 },
  { state: stateAfter(...held), now: inTime.deadline + 1 },
];

/** Anything at the first three loads and at the last: between them, where nothing is carried on, the ticket stays as it is. */
function mayFind(loads: number, last: Found | undefined): readonly Found[] {
  return last && loads >= 3 && loads < MAX_RACES - 1 ? [last] : findable;
}

/** How a command ended. */
type Result = { readonly returned: Outcome } | { readonly threw: unknown };

describe('whatever the store answers, in every order as far as the races go', () => {
  it.each([
    { name: 'issue', command: issue(inTime) },
    { name: 'exchange', command: exchange('H', inTime) },
    { name: 'reserve', command: reserve('H', inTime) },
    { name: 'reserve by another', command: reserve('G', inTime) },
    { name: 'confirm', command: confirm('H', 'C', inTime) },
    { name: 'confirm for another connection', command: confirm('H', 'D', inTime) },
    { name: 'release', command: release('H', inTime) },
    { name: 'redeem', command: redeem('H', inTime) },
    { name: 'revoke', command: revoke(inTime) },
  ])('$name keeps its promises', async ({ command }) => {
    const results = new Set<string>();
    await withEveryChoice(async (choose) => {
      const { store, calls } = scriptedStore(choose, mayFind);
      const result = await execute('ticket', command, { store, source: 'ticket-service-1' }).then(
        (returned): Result => ({ returned }),
        (threw): Result => ({ threw }),
      );
      expectFewCalls(calls);
      expectOnlyWhatWasDecided(command, calls);
      expectNothingAfterTheEnd(calls);
      const { answer } = calls.at(-1) ?? {};
      if (answer instanceof StoreError) deepEqual(result, { threw: answer });
      else expectTheOutcome(command, calls, result);
      results.add('threw' in result ? (result.threw as StoreError).code : result.returned.kind);
    });
    expect([...results].sort()).toEqual(['accepted', 'outbox_full', 'rejected', 'unavailable']);
  });
});

/** By turns a load and an append, ten times at most; then one more load, and a record. */
function expectFewCalls(calls: readonly Call[]): void {
  match(calls.map((call) => call.of).join(' '), /^(load append ?){0,10}(load ?)?(record)?$/);
}

/**
 * An append is of the events that follow from what was loaded just before, with the state that follows from them.
 * Looks at the last append only: each is the last one of those scripts in which it does not lose its race.
 */
function expectOnlyWhatWasDecided(command: TicketCommand, calls: readonly Call[]): void {
  const at = calls.findLastIndex((call) => call.of === 'append');
  const call = calls[at];
  if (call?.of !== 'append') return;
  const { append } = call;
  const { state, now, version } = ticketLoadedBy(calls[at - 1]);
  const events = eventsOf(decide(state, command, now));
  equal(append.expectedVersion, version);
  deepEqual(append.state, events.reduce(evolve, state));
  deepEqual(
    append.events.map(({ type, time }) => [type, time]),
    events.map(({ type }) => [type, now]),
  );
  equal(append.guards.length, command.type === 'release' || command.type === 'revoke' ? 0 : 2);
}

/** One append succeeds at most, and nothing is tried after it, nor after a call that failed. */
function expectNothingAfterTheEnd(calls: readonly Call[]): void {
  const ended = calls.findIndex(({ answer }) => answer instanceof StoreError || isAppended(answer));
  if (ended >= 0) equal(ended, calls.length - 1);
}

function expectTheOutcome(command: TicketCommand, calls: readonly Call[], result: Result): void {
  if ('threw' in result) throw result.threw;
  const { returned: outcome } = result;
  const loaded = ticketLoadedBy(calls.findLast((call) => call.of === 'load'));
  const appends = calls.filter((call) => call.of === 'append');
  const records = calls.filter((call) => call.of === 'record');
  const decision = decide(loaded.state, command, loaded.now);
  const appended = outcome.kind === 'accepted' && calls.at(-1)?.of === 'append';
  equal(outcome.now, appended ? APPENDED_AT : loaded.now);

  if (outcome.kind === 'accepted') {
    const last = calls.at(-1);
    deepEqual(records, []);
    if (last?.of === 'append') ok(isAppended(last.answer));
    else deepEqual(eventsOf(decision), []);
    equal(outcome.state, last?.of === 'append' ? last.append.state : loaded.state);
    return;
  }
  equal(outcome.state, loaded.state);
  const stopped = calls.some(
    (call) => call.of === 'append' && 'because' in call.answer && call.answer.because === 'revoked',
  );
  const foughtOver = appends.length === MAX_RACES && !stopped;
  const reason = stopped ? 'session_revoked' : foughtOver ? 'overloaded' : reasonOf(decision);
  equal(outcome.reason, reason);
  deepEqual(
    records.map(({ record: { event, rejection } }) => [
      'reason' in event.data && event.data.reason,
      rejection,
    ]),
    reason === 'deadline_exceeded' ? [] : [[reason, reason]],
  );
}

function ticketLoadedBy(call: Call | undefined): LoadedTicket {
  if (call?.of !== 'load' || call.answer instanceof StoreError) throw new Error('nothing was loaded');
  return call.answer;
}

function isAppended(answer: Call['answer']): boolean {
  return typeof answer === 'object' && 'ok' in answer && answer.ok;
}

function eventsOf(decision: Decision) {
  if (decision.kind === 'rejected') throw new Error(`rejected as ${decision.reason}, but accepted`);
  return decision.events;
}

function reasonOf(decision: Decision) {
  return decision.kind === 'rejected' ? decision.reason : undefined;
}
