import { type Principal, sessionSubject, userSubject } from '@admit-one/core';
import type { FailedCheck } from '@admit-one/gate';

/** How many connections each session and user holds, and may hold. */
export interface ConnectionPlaces {
  /** Takes a place for a connection; a failed check where its session or user has none left. */
  take(principal: Principal): FailedCheck | undefined;
  /** Gives the place of a connection back that has ended, or was never opened. */
  release(principal: Principal): void;
}

export interface ConnectionPlacesOptions {
  readonly maxPerSession: number;
  readonly maxPerUser: number;
  /** How many connections of a subject the other edges hold, as far as it is known. */
  readonly elsewhere: (subject: string) => number;
  /** The number of a subject has changed. */
  readonly onChanged: (subject: string, count: number, limit: number) => void;
}

/** Counts exactly what this edge holds, handshakes with a reserved ticket included. */
export function createConnectionPlaces(options: ConnectionPlacesOptions): ConnectionPlaces {
  const { maxPerSession, maxPerUser, elsewhere, onChanged } = options;
  const held = new Map<string, number>();

  function subjectsOf({ issuer, session, user }: Principal) {
    const ofSession = { subject: sessionSubject(issuer, session), limit: maxPerSession, whose: 'session' };
    if (user === null) return [ofSession];
    return [ofSession, { subject: userSubject(issuer, user), limit: maxPerUser, whose: 'user' }];
  }

  function add(subject: string, limit: number, change: 1 | -1): void {
    const count = (held.get(subject) ?? 0) + change;
    if (count > 0) held.set(subject, count);
    else held.delete(subject);
    onChanged(subject, count, limit);
  }

  return {
    take(principal) {
      const subjects = subjectsOf(principal);
      for (const { subject, limit, whose } of subjects)
        if ((held.get(subject) ?? 0) + elsewhere(subject) >= limit)
          return {
            reason: 'user_connections',
            detail: `This ${whose} holds ${limit} connections already. Close one, or share one between tabs.`,
          };
      for (const { subject, limit } of subjects) add(subject, limit, 1);
      return undefined;
    },
    release(principal) {
      for (const { subject, limit } of subjectsOf(principal)) add(subject, limit, -1);
    },
  };
}
