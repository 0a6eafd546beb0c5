import { type Principal, sessionSubject, userSubject } from '@admit-one/core';
import type { FailedCheck } from '@admit-one/gate';

/** How many connections each session and user holds, and may hold. */
export interface ConnectionPlaces {
  /** Takes a place for a connection; a failed check where its session or user has none left. */
  take(principal: Principal): ConnectionPlace | FailedCheck;
  /** Gives the place of a connection back that has ended, or was never opened. */
  release(place: ConnectionPlace): void;
}

/** The place of one connection: the subjects that it counts for. */
export interface ConnectionPlace {
  readonly session: string;
  readonly user: string | null;
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

  function isFull(subject: string, limit: number): boolean {
    return (held.get(subject) ?? 0) + elsewhere(subject) >= limit;
  }

  function add(subject: string, limit: number, change: 1 | -1): void {
    const count = (held.get(subject) ?? 0) + change;
    if (count > 0) held.set(subject, count);
    else held.delete(subject);
    onChanged(subject, count, limit);
  }

  function addAll({ session, user }: ConnectionPlace, change: 1 | -1): void {
    add(session, maxPerSession, change);
    if (user !== null) add(user, maxPerUser, change);
  }

  return {
    take({ issuer, session, user }) {
      const place = {
        session: sessionSubject(issuer, session),
        user: user === null ? null : userSubject(issuer, user),
      };
      if (isFull(place.session, maxPerSession)) return noPlace('session', maxPerSession);
      if (place.user !== null && isFull(place.user, maxPerUser)) return noPlace('user', maxPerUser);
      addAll(place, 1);
      return place;
    },
    release: (place) => addAll(place, -1),
  };
}

function noPlace(whose: 'session' | 'user', limit: number): FailedCheck {
  return {
    reason: 'user_connections',
    detail: `This ${whose} holds ${limit} connections already. Close one, or share one between tabs.`,
  };
}
