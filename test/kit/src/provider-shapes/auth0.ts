import { randomUUID } from 'node:crypto';
import {
  type Issuance,
  issuedFor,
  opaqueMistake,
  type ProviderShape,
  signedMistake,
  type TokenShape,
} from './provider-shape.ts';

const API = 'https://api.example.com';
const CLIENT = 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja';

function accessToken(issuance: Issuance, api: string = API): TokenShape {
  return {
    header: { typ: 'JWT' },
    claims: {
      ...issuedFor(issuance, 86_400),
      sub: 'auth0|6553da60a54af58e29493993',
      aud: [api, `${issuance.issuer}userinfo`],
      azp: CLIENT,
      scope: 'openid profile email',
    },
  };
}

function idToken(issuance: Issuance): TokenShape {
  return {
    header: { typ: 'JWT' },
    claims: {
      ...issuedFor(issuance, 36_000),
      sub: 'auth0|6553da60a54af58e29493993',
      aud: CLIENT,
      sid: issuance.login.id,
      nonce: 'bm9uY2U',
      email: 'jane@example.com',
    },
  };
}

const auth0 = {
  alias: 'auth0',
  page: 'auth0',
  algorithm: 'RS256',
  issuerPath: '/',
  mistakes: [
    opaqueMistake('an access token without an audience', 'VZt2mN7xO9cR4qLkW1sYb8uEoHpJ5aTd'),
    signedMistake('an access token for another API', (issuance) =>
      accessToken(issuance, 'https://billing.example.com'),
    ),
    signedMistake('the ID token', idToken),
  ],
} as const;

/** What a tenant issues unless the API says otherwise. */
const defaultProfile: ProviderShape = {
  ...auth0,
  name: 'default profile',
  token: (issuance) => accessToken(issuance),
};

/** As RFC 9068 wants access tokens. */
const rfc9068Profile: ProviderShape = {
  ...auth0,
  name: 'RFC 9068 profile',
  token(issuance) {
    const { azp: client_id, ...claims } = accessToken(issuance).claims;
    return { header: { typ: 'at+jwt' }, claims: { ...claims, client_id, jti: randomUUID() } };
  },
};

/** With the post-login Action that names the session. */
const withSession: ProviderShape = {
  ...auth0,
  name: 'with the Action',
  token(issuance) {
    const { header, claims } = accessToken(issuance);
    return { header, claims: { ...claims, ses_id: issuance.login.id } };
  },
};

export const auth0Shapes: readonly ProviderShape[] = [defaultProfile, rfc9068Profile, withSession];
