import { createSigningKey, keySetOf } from '@admit-one/testkit';

/** Whose tokens the contestants take. */
export interface Issuer {
  /** What those that check tokens are told. */
  readonly identity: Readonly<Record<'JWT_ISSUER' | 'JWT_AUDIENCE' | 'JWT_JWKS', string>>;
  /** Signs new tokens, each of another user and session, good for an hour. */
  tokens(count: number): Promise<readonly string[]>;
}

const ISSUER = 'https://login.example.com/';
const AUDIENCE = 'app';
const TOKEN_SECONDS = 3600;

/** Makes an issuer with a new key. */
export async function createIssuer(): Promise<Issuer> {
  const key = await createSigningKey('ES256');
  let signed = 0;

  function sign(): Promise<string> {
    signed += 1;
    const iat = Math.floor(Date.now() / 1000);
    const times = { iat, exp: iat + TOKEN_SECONDS };
    const who = {
      sub: `user-${signed}`,
      sessionId: `session-${signed}`,
      email: `user-${signed}@example.com`,
    };
    return key.sign({ iss: ISSUER, aud: AUDIENCE, ...times, ...who, scope: 'openid profile email' });
  }

  return {
    identity: {
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
      JWT_JWKS: JSON.stringify(keySetOf([key])),
    },
    tokens: (count) => Promise.all(Array.from({ length: count }, sign)),
  };
}
