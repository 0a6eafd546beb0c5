import type { TicketPolicy } from '@admit-one/config';
import type { TicketBinding } from '@admit-one/core';
import { type AuthenticatedUser, hasClaimValue } from '@admit-one/identity';
import { RejectionError } from '@admit-one/runtime';

type Claims = AuthenticatedUser['claims'];

/** What a request wants its ticket to be bound to. */
export interface WantedBinding {
  readonly route: string | null;
  readonly origin: string | null;
  readonly address: string | null;
}

/** How long a ticket lives, and what it is bound to. */
export interface TicketTerms {
  readonly route: string | null;
  readonly ttlSeconds: number;
  /** Absent where it is bound to nothing but its route. */
  readonly binding?: TicketBinding;
}

/**
 * The terms of a ticket under a policy.
 * @param claims of the token that it is requested with; null where a backend requests it, which decides about routes itself
 * @throws {RejectionError} `scope_missing` where the token may not use the route
 */
export function ticketTermsOf(
  { ttlSeconds, ttlRules, requirements }: TicketPolicy,
  { route, origin, address }: WantedBinding,
  claims: Claims | null,
): TicketTerms {
  const denied = claims ? deniedRoutesOf(requirements, claims) : [];
  if (route !== null && denied.includes(route)) throw scopeMissing(route, requirements);
  const rule = ttlRules.find((one) =>
    'route' in one ? one.route === route : claims !== null && hasClaimValue(claims, one.has),
  );
  const binding = {
    ...(origin !== null && { origin }),
    ...(address !== null && { address }),
    ...(route === null && denied.length > 0 && { deniedRoutes: denied }),
  };
  return {
    route,
    ttlSeconds: rule?.seconds ?? ttlSeconds,
    ...(Object.keys(binding).length > 0 && { binding }),
  };
}

function deniedRoutesOf(requirements: TicketPolicy['requirements'], claims: Claims): string[] {
  if (requirements.size === 0) return [];
  return [...requirements]
    .filter(([, alternatives]) => !alternatives.some((one) => hasClaimValue(claims, one)))
    .map(([route]) => route);
}

function scopeMissing(route: string, requirements: TicketPolicy['requirements']): RejectionError {
  const alternatives = requirements.get(route) ?? [];
  const needed = alternatives.map(({ claim, value }) => `${value} in ${claim}`).join(', or ');
  return new RejectionError('scope_missing', {
    detail: `A ticket for the route ${route} needs a token with ${needed}: let its issuer add it, or change ROUTE_REQUIRES.`,
  });
}
