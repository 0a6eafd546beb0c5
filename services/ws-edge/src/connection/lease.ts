import type { Principal, StoreClock } from '@admit-one/core';

/** When the connections of a route expire: with their token, or so many milliseconds after it was presented. */
export type ExpiryRule = 'token' | number;

export interface LeaseRules {
  /** By route. The connections of other routes do not expire. */
  readonly expiry: ReadonlyMap<string, ExpiryRule>;
  /** How long after its expiry a connection is closed. */
  readonly expiryGraceMs: number;
}

const MIN_EXTENSION_MS = 5_000;

/** How long a connection may stay open, by the tokens that were presented for it. */
export class Lease {
  /** Store time, Unix milliseconds; null where it does not expire. */
  expiresAt: number | null;
  /** When it is closed, by the monotonic clock; infinite for never. */
  endsAt = Number.POSITIVE_INFINITY;
  /** Who the last renewal was for: the same session with a fresh token. Null before the first. */
  renewedBy: Principal | null = null;

  readonly #rule: ExpiryRule | undefined;
  readonly #graceMs: number;
  readonly #clock: StoreClock;

  constructor(route: string, principal: Principal, rules: LeaseRules, clock: StoreClock) {
    this.#rule = rules.expiry.get(route);
    this.#graceMs = rules.expiryGraceMs;
    this.#clock = clock;
    this.expiresAt = this.#expiryOf(principal);
    this.#update();
  }

  /** @returns whether it expires later now; never for less than `MIN_EXTENSION_MS`, since each renewal is an event */
  renew(principal: Principal): boolean {
    const expiresAt = this.#expiryOf(principal);
    if (this.expiresAt === null || expiresAt === null) return false;
    if (expiresAt < this.expiresAt + MIN_EXTENSION_MS) return false;
    this.expiresAt = expiresAt;
    this.renewedBy = principal;
    this.#update();
    return true;
  }

  /** Until it expires, at least 0; null where it does not. */
  secondsLeft(): number | null {
    return this.expiresAt === null
      ? null
      : Math.max(0, Math.floor((this.expiresAt - this.#clock.now()) / 1000));
  }

  #expiryOf({ tokenExpiresAt }: Principal): number | null {
    const rule = this.#rule;
    if (rule === 'token') return tokenExpiresAt === undefined ? null : tokenExpiresAt * 1000;
    return rule === undefined ? null : Math.floor(this.#clock.now()) + rule;
  }

  #update(): void {
    if (this.expiresAt === null) return;
    this.endsAt = performance.now() + this.expiresAt + this.#graceMs - this.#clock.now();
  }
}
