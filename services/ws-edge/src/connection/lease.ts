import type { Principal, StoreClock } from '@admit-one/core';

/** When the connections of a route expire: with their token, or so many milliseconds after it was presented. */
export type ExpiryRule = 'token' | number;

export interface LeaseRules {
  /** By route. The connections of other routes do not expire. */
  readonly expiry: ReadonlyMap<string, ExpiryRule>;
  /** How long after its expiry a connection is closed. */
  readonly expiryGraceMs: number;
}

/** How long a connection may stay open, by the tokens that were presented for it. */
export interface Lease {
  /** Store time, Unix milliseconds; null where it does not expire. */
  readonly expiresAt: number | null;
  /** When it is closed, by the monotonic clock; infinite for never. */
  readonly endsAt: number;
  /** Who the last renewal was for: the same session with a fresh token. Null before the first. */
  readonly renewedBy: Principal | null;
  /** @returns whether it expires later now; never for less than `MIN_EXTENSION_MS`, since each renewal is an event */
  renew(principal: Principal): boolean;
  /** Until it expires, at least 0; null where it does not. */
  secondsLeft(): number | null;
}

/** The lease of a new connection. */
export function leaseOf(route: string, principal: Principal, rules: LeaseRules, clock: StoreClock): Lease {
  const rule = rules.expiry.get(route);
  const expiresAt = rule === undefined ? null : expiryOf(principal, rule, clock);
  if (rule === undefined || expiresAt === null) return ENDLESS;
  return new ExpiringLease(expiresAt, rule, rules.expiryGraceMs, clock);
}

/** Of all connections that do not expire: nothing about it changes. */
export const ENDLESS: Lease = {
  expiresAt: null,
  endsAt: Number.POSITIVE_INFINITY,
  renewedBy: null,
  renew: () => false,
  secondsLeft: () => null,
};

const MIN_EXTENSION_MS = 5_000;

class ExpiringLease implements Lease {
  expiresAt = 0;
  endsAt = 0;
  renewedBy: Principal | null = null;
  readonly #rule: ExpiryRule;
  readonly #graceMs: number;
  readonly #clock: StoreClock;

  constructor(expiresAt: number, rule: ExpiryRule, graceMs: number, clock: StoreClock) {
    this.#rule = rule;
    this.#graceMs = graceMs;
    this.#clock = clock;
    this.#extendTo(expiresAt);
  }

  renew(principal: Principal): boolean {
    const expiresAt = expiryOf(principal, this.#rule, this.#clock);
    if (expiresAt === null || expiresAt < this.expiresAt + MIN_EXTENSION_MS) return false;
    this.renewedBy = principal;
    this.#extendTo(expiresAt);
    return true;
  }

  secondsLeft(): number {
    return Math.max(0, Math.floor((this.expiresAt - this.#clock.now()) / 1000));
  }

  #extendTo(expiresAt: number): void {
    this.expiresAt = expiresAt;
    this.endsAt = performance.now() + expiresAt + this.#graceMs - this.#clock.now();
  }
}

function expiryOf({ tokenExpiresAt }: Principal, rule: ExpiryRule, clock: StoreClock): number | null {
  if (rule === 'token') return tokenExpiresAt === undefined ? null : tokenExpiresAt * 1000;
  return Math.floor(clock.now()) + rule;
}
