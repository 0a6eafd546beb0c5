import type { CommandContext, Principal } from '@admit-one/core';

/** A command context that says nothing. */
export const nowhere = {
  address: null,
  origin: null,
  agent: null,
  route: null,
  carrier: null,
  edge: null,
  traceparent: null,
} as const satisfies CommandContext;

/** A principal, with any of its members changed. */
export function samplePrincipal(changes: Partial<Principal> = {}): Principal {
  return {
    issuer: 'main',
    session: 'session-1',
    sessionFrom: 'sid',
    user: 'user-1',
    tokenIssuedAt: 1_750_000_000,
    kid: null,
    attributes: {},
    ...changes,
  };
}
