import type { JwtPathwayRule } from '@admit-one/config';
import { digestOf, type Principal } from '@admit-one/core';

/** Who may still be admitted by a JWT. */
export interface JwtGate {
  /** The same for all sessions of a user, and for the same share of users at every instance. */
  isOpen(
    principal: Principal,
    by: { readonly route: string | null; readonly client: string | undefined },
  ): boolean;
}

/** How a rule names clients that don't name themselves. */
const UNNAMED = 'none';

export function createJwtGate(rules: readonly JwtPathwayRule[]): JwtGate {
  return {
    isOpen({ issuer, user, session }, { route, client = UNNAMED }) {
      const rule = rules.find(
        (one) =>
          (one.route === null || one.route === route) && (one.client === null || one.client === client),
      );
      return rule === undefined || shareOf(JSON.stringify([issuer, user ?? session])) < rule.percent;
    },
  };
}

/** A number from 0 to below 100 that follows from a text. */
function shareOf(text: string): number {
  return (Buffer.from(digestOf(text), 'base64url').readUInt32BE() / 2 ** 32) * 100;
}
