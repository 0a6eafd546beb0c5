import type { TicketState } from '@admit-one/core';
import { Violation } from './explore.ts';
import type { Call, Pass, Plan, Scenario } from './scenario.ts';
import { commandOf, type ModelVerdict, TICK_MS, type TicketMachine } from './ticket-machine.ts';
import { type Layout, phase, revoker, type World } from './world.ts';

/** What must hold, whatever happens. Each throws a `Violation` where it does not. */
export interface Promises {
  /** Of a decision on what was loaded: no false alarm, no untrue reason, nothing consumed after its end. */
  ofVerdict(world: World, call: Call, verdict: ModelVerdict): void;
  /** Of a redemption: it is granted in the moment of its append, and that must not be after an acknowledged revoke. */
  ofAppend(world: World, call: Call): void;
  /** Of a positive answer to a confirm or redemption: it is the only one, and no revoke was acknowledged before. */
  ofAdmission(world: World, pass: Pass): void;
  /** Of every state: a rightful handshake that comes now gets in, or is told truly why not. */
  ofWorld(world: World, final: boolean): void;
  describe(world: World): string;
}

const phaseNames = Object.keys(phase);

export function createPromises(
  machine: TicketMachine,
  { inTheEnd }: Scenario,
  { passes }: Plan,
  at: Layout,
): Promises {
  const newcomer = { reserve: commandOf.reserve('newcomer'), confirm: commandOf.confirm('newcomer', 'C') };
  const checkedStates = new Set<string>();

  const tickOf = (world: World) => world[at.tick] ?? 0;
  const stateIn = (world: World) => machine.stateOf(world[at.state] ?? 0);
  const phaseOf = (world: World, pass: Pass) => world[at.phaseOf(pass)] ?? 0;
  const acknowledged = (world: World) => world[at.revoker] === revoker.acknowledged;

  function ofVerdict(world: World, call: Call, verdict: ModelVerdict): void {
    const state = stateIn(world);
    const now = tickOf(world) * TICK_MS;
    if (verdict.kind === 'rejected') requireTrue(state, call, verdict, now);
    const grants = verdict.kind === 'changed' && machine.stateOf(verdict.next).status === 'consumed';
    if (grants && now >= endOf(state)) throw new Violation(`${call.label} consumed a ticket after its end`);
    if (verdict.kind === 'repeated') ofAppend(world, call);
  }

  function ofAppend(world: World, call: Call): void {
    if (call.kind === 'redeem' && acknowledged(world))
      throw new Violation(`${call.label} was granted after an acknowledged revoke`);
  }

  function ofAdmission(world: World, pass: Pass): void {
    if (pass.kind !== 'redeem' && acknowledged(world))
      throw new Violation(`${pass.label} was admitted after an acknowledged revoke`);
    for (const other of passes) {
      if (other === pass || phaseOf(world, other) !== phase.admitted) continue;
      const oneRedemption =
        pass.kind === 'redeem' && other.kind === 'redeem' && pass.handshake === other.handshake;
      if (!oneRedemption) throw new Violation(`${pass.label} was admitted, and so was ${other.label}`);
    }
  }

  function ofWorld(world: World, final: boolean): void {
    if (final && inTheEnd && !inTheEnd(passes.map((pass) => phaseOf(world, pass))))
      throw new Violation('It ended in a way that it must not');
    const id = world[at.state] ?? 0;
    const tick = tickOf(world);
    const key = `${id}@${tick}`;
    if (checkedStates.has(key)) return;
    checkedStates.add(key);
    expectAdmission(id, tick);
  }

  /** Lets a rightful handshake come, with nobody in its way. */
  function expectAdmission(id: number, tick: number): void {
    const state = machine.stateOf(id);
    const reserved = machine.run(id, newcomer.reserve, tick);
    if (reserved.kind === 'changed') {
      const confirmed = machine.run(reserved.next, newcomer.confirm, tick);
      if (confirmed.kind !== 'changed') throw new Violation('A newcomer has reserved, and cannot confirm');
      return;
    }
    if (reserved.kind === 'repeated') throw new Violation('A newcomer is taken for somebody else');
    requireTrue(state, { label: 'a newcomer', command: newcomer.reserve }, reserved, tick * TICK_MS);
    if (reserved.reason !== 'ticket_in_use' || state.status !== 'reserved') return;
    const leaseEnd = state.reservation.leaseEndsAt;
    if (leaseEnd >= state.ticket.expiresAt) return;
    if (machine.run(id, newcomer.reserve, leaseEnd / TICK_MS).kind !== 'changed')
      throw new Violation('The lease has ended, the ticket is good, and a newcomer is locked out');
  }

  function describe(world: World): string {
    const state = stateIn(world);
    const holder = 'reservation' in state ? ` by ${state.reservation.handshake}` : '';
    const stands = passes.map((pass) => phaseNames[phaseOf(world, pass)]).join(', ');
    return `tick ${tickOf(world)}, ticket ${state.status}${holder}; passes ${stands}`;
  }

  return { ofVerdict, ofAppend, ofAdmission, ofWorld, describe };
}

/** Whether a reason is right: it must neither mislead the client nor raise a false alarm. */
function requireTrue(
  state: TicketState,
  { label, command }: Pick<Call, 'label' | 'command'>,
  { reason }: Extract<ModelVerdict, { kind: 'rejected' }>,
  now: number,
): void {
  const handshake = 'handshake' in command ? command.handshake : null;
  if (!isTrue()) throw new Violation(`${label} was rejected as ${reason}, which is not so`);

  function isTrue(): boolean {
    switch (reason) {
      case 'ticket_unknown':
        return state.status === 'none';
      case 'deadline_exceeded':
        return now > command.deadline;
      case 'ticket_revoked':
        return state.status === 'revoked';
      case 'ticket_expired':
        return now >= endOf(state);
      case 'ticket_in_use':
        return (
          state.status === 'reserved' &&
          state.reservation.handshake !== handshake &&
          now < state.reservation.leaseEndsAt
        );
      case 'ticket_consumed':
        return state.status === 'consumed';
      case 'ticket_duplicate':
        return state.status === 'consumed' && state.reservation.handshake === handshake;
      case 'ticket_replayed':
        return state.status === 'consumed' && isReplay(state);
      case 'reservation_lost':
        return !(state.status === 'reserved' && state.reservation.handshake === handshake);
      default:
        return false;
    }
  }

  function isReplay({ reservation, connection }: Extract<TicketState, { status: 'consumed' }>): boolean {
    if (reservation.handshake !== handshake) return true;
    const redeemedBefore = connection === handshake;
    return command.type === 'redeem' && (!redeemedBefore || now >= reservation.leaseEndsAt);
  }
}

/** When lease and ticket have both ended. */
function endOf(state: TicketState): number {
  switch (state.status) {
    case 'none':
      return Number.NEGATIVE_INFINITY;
    case 'issued':
    case 'revoked':
      return state.ticket.expiresAt;
    case 'reserved':
    case 'consumed':
      return Math.max(state.ticket.expiresAt, state.reservation.leaseEndsAt);
    default:
      return state satisfies never;
  }
}
