import type { ClientReason } from '../admit-socket.ts';
import type { PageEvent } from '../environment.ts';
import type { LastFailure } from '../options.ts';
import type { PublicCode } from '../public-codes.ts';
import type { Failure } from './verdict.ts';

/** What an upgrade presents. */
export type Credential = 'ticket' | 'jwt';

/** Where the sequence stands. */
export type Phase =
  | { readonly state: 'idle' }
  | { readonly state: 'authenticating'; readonly step: 'token' | 'ticket' }
  | {
      readonly state: 'connecting';
      readonly presented: Credential;
      /** How the upgrade failed, while the status of its ticket is asked for the reason. */
      readonly unexplained: Failure | null;
    }
  | { readonly state: 'open'; readonly since: number }
  /** `until` is null where the network or the page has to come back first. */
  | { readonly state: 'waiting'; readonly until: number | null }
  | {
      readonly state: 'stopped';
      /** When it stopped; null where it was meant to, so that a page shown again changes nothing. */
      readonly since: number | null;
      /** The closing handshake of RFC 6455 is still under way. */
      readonly closing: boolean;
    };

/** What is fixed for the life of a machine. */
export interface Rules {
  readonly reconnect: boolean;
  /** Presents the JWT itself once tickets have failed three times in a row. */
  readonly fallback: boolean;
  readonly asksStatus: boolean;
}

/** All that decides what happens next. It holds no token and no ticket. */
export interface Machine {
  readonly rules: Rules;
  readonly phase: Phase;
  readonly reason: ClientReason | null;
  /** Attempts in a row without a connection that held. */
  readonly failures: number;
  /** Tickets refused in a row. */
  readonly refusals: number;
  /** Failures in a row to get a ticket, or to be admitted by one. */
  readonly ticketFailures: number;
  readonly downSince: number | null;
  /** The next token has to be a fresh one. */
  readonly needsFresh: boolean;
  /** The token of this attempt is a fresh one, so that another would fare no better. */
  readonly isFresh: boolean;
  /** When the attempts of the last minute began. */
  readonly attempts: readonly number[];
  /** The server asked for no attempt before. */
  readonly notBefore: number;
  /** What the server has not been told yet. */
  readonly lastFailure: LastFailure | null;
}

/** Something that happened. */
export type Input =
  | { readonly type: 'start' | 'resume' | 'due' | 'token' | 'ticket' | 'opened' | PageEvent }
  | { readonly type: 'failed'; readonly failure: Failure }
  /** What the status of the ticket says of its refusal. */
  | { readonly type: 'told'; readonly code: PublicCode | null }
  /** The application closes. */
  | { readonly type: 'close'; readonly code: number; readonly text: string };

/** What has to be done about it, in place of what was being done before. */
export type Effect =
  | { readonly do: 'token'; readonly fresh: boolean }
  | { readonly do: 'ticket' }
  | { readonly do: 'status' }
  | { readonly do: 'upgrade'; readonly present: Credential }
  | { readonly do: 'wait'; readonly delayMs: number }
  /**
   * - `hold`: the connection is open, keep it
   * - `linger`: the connection is closing, wait for its end
   * - `rest`: let go of everything
   * - `nothing`: go on with what is being done
   */
  | { readonly do: 'hold' }
  | { readonly do: 'linger' }
  | { readonly do: 'rest' }
  | { readonly do: 'nothing' };

export type Step = readonly [Machine, Effect];

/** What the world is like while something happens. */
export interface Moment {
  /** Unix milliseconds. */
  readonly now: number;
  /** From 0 to below 1. */
  readonly random: number;
  readonly online: boolean;
}

/** A machine to which nothing has happened. */
export function newMachine(rules: Rules): Machine {
  return {
    rules,
    phase: { state: 'idle' },
    reason: null,
    failures: 0,
    refusals: 0,
    ticketFailures: 0,
    downSince: null,
    needsFresh: false,
    isFresh: false,
    attempts: [],
    notBefore: 0,
    lastFailure: null,
  };
}
