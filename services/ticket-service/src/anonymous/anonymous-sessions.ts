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
  /** As whom the service accepts its own tokens. */
  readonly issuer: UserIssuerConfig;
  /** The public keys that others may accept them by. */
  readonly jwks: KeySet;
  start(): Promise<AnonymousSession>;
}

/** How tokens of our own name their session: they must, and no setting changes it. */
const ANONYMOUS_RULE: PrincipalRule = {
  sessionClaims: ['sessionId'],
  sessionPolicy: 'require',
  userClaim: 'sub',
  attributeClaims: [],
};

/** Makes the issuer of anonymous sessions. Its tokens name a session, and neither a user nor a scope. */
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
