import type { Call, Pass, Plan } from './scenario.ts';

/** Where an attempt stands, as the process that makes it knows. */
export const phase = {
  waiting: 0,
  asking: 1,
  held: 2,
  confirming: 3,
  /** It got the positive answer to the confirm of this connection, or to its redemption. */
  admitted: 4,
  rejected: 5,
  /** Without an answer to its reserve: a late one is given back. */
  abandoned: 6,
  closed: 7,
  crashed: 8,
} as const;

/** Where a copy of a command stands. */
export const call = {
  unsent: 0,
  sent: 1,
  /** Decided on what was loaded; the append is still to come. */
  loaded: 2,
  granted: 3,
  denied: 4,
  /** Answered, or lost at any point of its way. */
  gone: 5,
} as const;

/** Where the revoker stands. It is rejected where the ticket is unknown: then it was promised nothing. */
export const revoker = { idle: 0, asking: 1, acknowledged: 2, rejected: 3 } as const;

/** One moment, as a list of small numbers: cheap to copy, to compare and to remember. */
export type World = number[];

const HEADER = 8;
const PER_CALL = 3;

/** Names for the places in a world. A call's `fresh` has bit 1 where it loaded what the store has now, bit 2 where the copy has it. */
export interface Layout {
  readonly tick: 0;
  readonly state: 1;
  /** The copied state plus one; 0 where there is no copy. */
  readonly copy: 2;
  readonly losses: 3;
  readonly crashes: 4;
  readonly fallbacks: 5;
  readonly revoker: 6;
  /** 1 as long as the store has not changed since it was copied. */
  readonly unchanged: 7;
  phaseOf(pass: Pass): number;
  statusOf(of: Call): number;
  freshOf(of: Call): number;
  /**
   * The state to append of a loaded call. Of a denied one, the pass whose connection was the reason, plus one; one more
   * than there are passes where it was admitted without a connection.
   */
  nextOf(of: Call): number;
  readonly size: number;
}

export function layoutOf({ passes, calls }: Plan): Layout {
  const firstCall = HEADER + passes.length;
  return {
    tick: 0,
    state: 1,
    copy: 2,
    losses: 3,
    crashes: 4,
    fallbacks: 5,
    revoker: 6,
    unchanged: 7,
    phaseOf: ({ index }) => HEADER + index,
    statusOf: ({ index }) => firstCall + index * PER_CALL,
    freshOf: ({ index }) => firstCall + index * PER_CALL + 1,
    nextOf: ({ index }) => firstCall + index * PER_CALL + 2,
    size: firstCall + calls.length * PER_CALL,
  };
}
