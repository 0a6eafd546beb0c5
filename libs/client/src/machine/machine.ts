import type { ClientReason } from '../admit-socket.ts';
import type { PageEvent } from '../environment.ts';
import type { LastFailure } from '../options.ts';
import type { Failure } from './retry-decision.ts';

/** Where the sequence stands. */
export type Phase =
  | { readonly state: 'idle' }
  | { readonly state: 'authenticating'; readonly step: 'token' | 'ticket' }
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly since: number }
  | {
      readonly state: 'waiting';
      /** Null where the network or the page has to come back first. */
      readonly until: number | null;
      /** Neither network nor page make it shorter. */
      readonly binding?: boolean;
    }
  /** `since` is `Infinity` where it was meant to stop, so that a page shown again, however late, changes nothing. */
  | { readonly state: 'stopped'; readonly since: number };

/** What is fixed for the life of a machine. */
export interface Rules {
  readonly reconnect: boolean;
  /** After how many failures of tickets in a row the JWT itself is presented. */
  readonly jwtAfter: number;
}

/** What went wrong since the last connection that held. */
interface FailureCounters {
  /** Attempts in a row that failed. */
  readonly failures: number;
  /** Tickets refused. */
  readonly rejections: number;
  /** Failures to get a ticket, or to be admitted by one. */
  readonly ticketFailures: number;
  /** Whether the token of this attempt, or else of the next, is a fresh one. */
  readonly fresh: boolean;
}

/** All that decides what happens next. It holds no token and no ticket. */
export interface Machine extends FailureCounters {
  readonly rules: Rules;
  readonly phase: Phase;
  readonly reason: ClientReason | null;
  /** Of the last ticket. */
  readonly ticketId: string | null;
  /** When the attempts of the last minute began. */
  readonly attempts: readonly number[];
  /** What the server has not been told yet. */
  readonly lastFailure?: LastFailure | undefined;
}

/** Something that happened: to the application, the clock or the page, or to an attempt. */
export type Input =
  | { readonly type: 'resume' | 'close' | 'due' | PageEvent }
  | { readonly type: 'token' | 'opened' }
  /** There is something to present. */
  | {
      readonly type: 'ticket' | 'jwt';
      readonly ticketId?: string | undefined;
      readonly lastFailure?: LastFailure | undefined;
    }
  | Failure;

/** What the world is like while something happens. */
export interface Conditions {
  /** Unix milliseconds. */
  readonly now: number;
  /** From 0 to below 1. */
  readonly random: number;
  readonly online: boolean;
}

const noFailures: FailureCounters = { failures: 0, rejections: 0, ticketFailures: 0, fresh: false };

/** A machine to which nothing has happened. */
export function newMachine(rules: Rules): Machine {
  return { ...noFailures, rules, phase: { state: 'idle' }, reason: null, ticketId: null, attempts: [] };
}

/** The machine without the failures of before, as a connection that held or the application gives reason to. */
export function resetFailures(machine: Machine): Machine {
  return { ...machine, ...noFailures };
}

/** Whether an upgrade presents the JWT itself in place of a ticket. */
export function presentsJwt({ rules, ticketFailures }: Machine): boolean {
  return ticketFailures >= rules.jwtAfter;
}
