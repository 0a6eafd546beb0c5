import type { ClientReason } from '../admit-socket.ts';
import type { PageEvent } from '../environment.ts';
import type { LastFailure } from '../options.ts';
import type { Failure } from './retry-decision.ts';

/** The state of the connection loop. */
export type Phase =
  | { readonly state: 'idle' }
  | { readonly state: 'authenticating'; readonly step: 'token' | 'ticket' }
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly since: number }
  | {
      readonly state: 'waiting';
      /** Unix milliseconds. */
      readonly until: number;
      /** The wait is not shortened when the network or the page comes back. */
      readonly fixed?: boolean;
    }
  /** `since` is `Infinity` after an intended stop: then a page that is shown again does not retry. */
  | { readonly state: 'stopped'; readonly since: number };

/** Options of a machine. */
export interface Rules {
  readonly reconnect: boolean;
  /** Ticket failures in a row after which the JWT itself is presented. */
  readonly jwtAfter: number;
}

/** Reset by a connection that stays open for 10 s, and by `resume()`. */
interface FailureCounters {
  /** Failed attempts in a row. */
  readonly failures: number;
  /** Rejected tickets. */
  readonly rejections: number;
  /** Failed ticket requests and rejected tickets. */
  readonly ticketFailures: number;
  /** Whether the token of this or the next attempt must be a fresh one. */
  readonly fresh: boolean;
}

/** The whole state. It holds no token and no ticket. */
export interface Machine extends FailureCounters {
  readonly rules: Rules;
  readonly phase: Phase;
  readonly reason: ClientReason | null;
  /** What was thrown in the last attempt. */
  readonly error?: unknown;
  /** The id of the last ticket. */
  readonly ticketId: string | null;
  /** Start times of the attempts of the last minute, in Unix milliseconds. */
  readonly attempts: readonly number[];
  /** Not yet reported to the server. */
  readonly lastFailure?: LastFailure | undefined;
}

/** An event: of the application, the timer, the page or an attempt. */
export type Input =
  | { readonly type: 'resume' | 'close' | 'due' | PageEvent }
  | { readonly type: 'token' | 'opened' }
  /** There is a credential to present. */
  | {
      readonly type: 'ticket' | 'jwt';
      readonly ticketId?: string | undefined;
      readonly lastFailure?: LastFailure | undefined;
    }
  | Failure;

/** The environment at the time of an input. */
export interface Conditions {
  /** Unix milliseconds. */
  readonly now: number;
  /** ≥ 0 and < 1. */
  readonly random: number;
  readonly online: boolean;
}

const noFailures: FailureCounters = { failures: 0, rejections: 0, ticketFailures: 0, fresh: false };

export function newMachine(rules: Rules): Machine {
  return { ...noFailures, rules, phase: { state: 'idle' }, reason: null, ticketId: null, attempts: [] };
}

export function resetFailures(machine: Machine): Machine {
  return { ...machine, ...noFailures };
}

/** Whether the next upgrade presents the JWT itself instead of a ticket. */
export function presentsJwt({ rules, ticketFailures }: Machine): boolean {
  return ticketFailures >= rules.jwtAfter;
}
