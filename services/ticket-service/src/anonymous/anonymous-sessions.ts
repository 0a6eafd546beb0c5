import type { AnonymousConfig } from '@admit-one/config';
import { newId } from '@admit-one/core';
import { ANONYMOUS_ISSUER, createTokenIssuer, type KeySet } from '@admit-one/identity';

/** A session without a login, and the token that proves it. */
export interface AnonymousSession {
  /** A JWT: a secret. */
  readonly token: string;
  readonly sessionId: string;
  readonly expiresInSeconds: number;
}

export interface AnonymousSessions {
  /** The public keys, for other services. */
  readonly jwks: KeySet;
  start(): Promise<AnonymousSession>;
}

/** Anonymous sessions have tokens that name a session, and neither a user nor a scope. */
export function createAnonymousSessions({ key, tokenSeconds }: AnonymousConfig): AnonymousSessions {
  const { issuer, audience } = ANONYMOUS_ISSUER;
  const tokens = createTokenIssuer({ issuer, audience, key });
  return {
    jwks: tokens.jwks(),
    async start() {
      const sessionId = newId();
      const token = await tokens.sign({ sessionId }, { ttlSeconds: tokenSeconds });
      return { token, sessionId, expiresInSeconds: tokenSeconds };
    },
  };
}
