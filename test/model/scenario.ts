import type { TicketCommand } from '@admit-one/core';
import { commandOf } from './ticket-machine.ts';

/** One attempt to get in: an upgrade with the ticket or with a JWT, or a redemption by what cannot confirm. */
export interface PassOptions {
  /** An exchange is an upgrade with a JWT: there is no ticket before it. */
  readonly kind: 'upgrade' | 'exchange' | 'redeem';
  /** The handshake's key; two passes of one handshake share it. */
  readonly handshake: string;
  /** The process that makes the attempt, and takes it along when it crashes. */
  readonly edge: number;
}

/** Who takes part, and how much may go wrong. */
export interface Scenario {
  readonly name: string;
  readonly passes: readonly PassOptions[];
  /** What somebody revokes meanwhile. */
  readonly revoke?: 'ticket' | 'session';
  /** How often a command is sent at most: the first time, and again when no reply came. */
  readonly copies: number;
  /** Whether a command is sent again, and abandoned, though the reply is only late. */
  readonly impatient?: boolean;
  /** Requests, commands under way and replies that get lost. */
  readonly losses?: number;
  readonly crashes?: number;
  /** How often the store comes back as an older copy of itself. */
  readonly fallbacks?: number;
  /** How far time goes, in ticks. */
  readonly ticks: number;
  /** What holds of the passes' phases once nothing can happen any more. */
  readonly inTheEnd?: (phases: readonly number[]) => boolean;
}

export type CallKind = 'reserve' | 'exchange' | 'confirm' | 'release' | 'redeem' | 'revoke';

/** One copy of a command on its way: its slot in the world. */
export interface Call {
  readonly index: number;
  readonly kind: CallKind;
  readonly command: TicketCommand;
  /** The pass that it belongs to; null for the revoker's. */
  readonly pass: number | null;
  readonly label: string;
}

export interface Pass extends PassOptions {
  readonly index: number;
  readonly connection: string;
  readonly label: string;
  /** Reserve, exchange or redeem: what the attempt begins with. */
  readonly asking: readonly Call[];
  readonly confirming: readonly Call[];
  readonly releasing: readonly Call[];
}

/** A scenario with every command that may ever be sent in it. */
export interface Plan {
  readonly passes: readonly Pass[];
  readonly revoking: readonly Call[];
  readonly calls: readonly Call[];
}

/** @param retryKey the handshake key that a retry carries, given that of the first try: the same */
export function planOf(scenario: Scenario, retryKey: (handshake: string) => string): Plan {
  const calls: Call[] = [];

  function add(kind: CallKind, pass: number | null, copies: number, make: (copy: number) => TicketCommand) {
    return Array.from({ length: copies }, (_, copy) => {
      const label = `${kind}${pass === null ? '' : ` of pass ${pass}`}${copy > 0 ? ', again' : ''}`;
      const call = { index: calls.length, kind, command: make(copy), pass, label };
      calls.push(call);
      return call;
    });
  }

  const passes = scenario.passes.map((options, index): Pass => {
    const { kind, handshake, edge } = options;
    const { copies } = scenario;
    const connection = `C${index}`;
    const keyOf = (copy: number) => (copy === 0 ? handshake : retryKey(handshake));
    const label = `pass ${index} (${kind} by handshake ${handshake} at edge ${edge})`;
    const common = { ...options, index, connection, label };
    if (kind === 'redeem') {
      const asking = add('redeem', index, copies, (copy) => commandOf.redeem(keyOf(copy)));
      return { ...common, asking, confirming: [], releasing: [] };
    }
    return {
      ...common,
      asking:
        kind === 'exchange'
          ? add('exchange', index, copies, (copy) => commandOf.exchange(keyOf(copy)))
          : add('reserve', index, copies, (copy) => commandOf.reserve(keyOf(copy))),
      confirming: add('confirm', index, copies, () => commandOf.confirm(handshake, connection)),
      releasing: add('release', index, 1, () => commandOf.release(handshake)),
    };
  });
  const revoking =
    scenario.revoke === 'ticket' ? add('revoke', null, scenario.copies, () => commandOf.revoke()) : [];
  return { passes, revoking, calls };
}
