import { newId } from '@admit-one/core';
import {
  ANONYMOUS_ISSUER,
  createTokenIssuer,
  type KeySet,
  type PrincipalRule,
  type UserIssuerConfig,
} from '@admit-one/identity';
import type { AnonymousConfig } from '../config.ts';

/** A session without a login, and the token that proves it. */
export interface AnonymousSession {
  /** A JWT: a secret. */
  readonly token: string;
  readonly sessionId: string;
  readonly expiresInSeconds: number;
}

export interface AnonymousSessions {
  /** The issuer as which the service accepts its own tokens. */
  readonly issuer: UserIssuerConfig;
  /** The public keys, for other services. */
  readonly jwks: KeySet;
  start(): Promise<AnonymousSession>;
}

/** Tokens of our own always name a session; no setting changes that. */
const ANONYMOUS_RULE: PrincipalRule = {
  sessionClaims: ['sessionId'],
  sessionPolicy: 'require',
  userClaim: 'sub',
  attributeClaims: [],
};

/** Anonymous sessions have tokens that name a session, and neither a user nor a scope. */
export function createAnonymousSessions({ key, tokenSeconds }: AnonymousConfig): AnonymousSessions {
  const { alias, issuer, audience } = ANONYMOUS_ISSUER;
  const tokens = createTokenIssuer({ issuer, audience, key });
  const jwks = tokens.jwks();
  return {
    issuer: {
      alias,
      issuer,
      audiences: [audience],
      algorithms: [key.alg],
      keys: { jwks },
      principals: ANONYMOUS_RULE,
    },
    jwks,
    async start() {
      const sessionId = newId();
      const token = await tokens.sign({ sessionId }, { ttlSeconds: tokenSeconds });
      return { token, sessionId, expiresInSeconds: tokenSeconds };
    },
  };
}
