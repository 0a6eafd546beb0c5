import { type CredentialLine, createCredentialLine, seatRequest } from './credential-line.ts';
import type { LoadTarget } from './endpoint.ts';
import { type OpenSocket, upgrade } from './upgrade.ts';

/** Comes in by a endpoint, again and again, as one visitor at a time. */
export interface Visitor {
  /** What the endpoint wants to see: a ticket, the token itself, or nothing. */
  credential(token: string): Promise<string>;
  enter(credential: string): Promise<OpenSocket>;
  leave(): void;
}

/** Makes a visitor, with its own keep-alive connection for its tickets or seats. */
export function createVisitor(endpoint: LoadTarget): Visitor {
  const line = lineOf(endpoint);
  return {
    credential: async (token) => (line ? line.ask(token) : token),
    enter: (credential) => upgrade(endpoint, credential),
    leave: () => line?.close(),
  };
}

function lineOf(endpoint: LoadTarget): CredentialLine | undefined {
  if (endpoint.credential === 'ticket') return createCredentialLine(endpoint.ticketPort);
  if (endpoint.credential === 'seat') return createCredentialLine(endpoint.port, seatRequest);
  return undefined;
}

/** What came of many visits. */
export interface Visits {
  readonly admitted: number;
  /** How often each failure was met. */
  readonly failures: Readonly<Record<string, number>>;
  /** What each admission took until the ticket was there, in milliseconds; next to nothing where there are no tickets. */
  readonly ticketMs: readonly number[];
  /** What each took from there to the 101, in milliseconds. */
  readonly upgradeMs: readonly number[];
  readonly seconds: number;
}

/** Keeps count of visits. */
export interface Tally {
  admitted(ticketMs: number, upgradeMs: number): void;
  failed(error: unknown): void;
  /** The visits until now. */
  sum(): Visits;
}

/** Begins to count, and to measure the time that it all takes. */
export function createTally(): Tally {
  const startedAt = performance.now();
  const failures = new Map<string, number>();
  const ticketMs: number[] = [];
  const upgradeMs: number[] = [];
  return {
    admitted(ticket, upgraded) {
      ticketMs.push(ticket);
      upgradeMs.push(upgraded);
    },
    failed(error) {
      const failure = error instanceof Error ? error.message : String(error);
      failures.set(failure, (failures.get(failure) ?? 0) + 1);
    },
    sum: () => ({
      admitted: upgradeMs.length,
      failures: Object.fromEntries(failures),
      ticketMs,
      upgradeMs,
      seconds: (performance.now() - startedAt) / 1000,
    }),
  };
}
