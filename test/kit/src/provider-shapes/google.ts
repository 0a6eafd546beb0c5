import { randomUUID } from 'node:crypto';
import {
  type Issuance,
  issuedFor,
  opaqueMistake,
  type ProviderShape,
  signedMistake,
  type TokenShape,
} from './provider-shape.ts';

const CLIENT = '1008719970978-hb24n2dstb40o45d4feuo2ukqmcc6381.apps.googleusercontent.com';
const OTHER_CLIENT = '407408718192-9f0k2v3h5s1q7j6d8l4m0n2b3c5x7z9a.apps.googleusercontent.com';

function idToken(issuance: Issuance, client: string = CLIENT): TokenShape {
  return {
    header: { typ: 'JWT' },
    claims: {
      ...issuedFor(issuance, 3_600),
      nbf: issuance.issuedAt - 300,
      azp: client,
      aud: client,
      sub: '110169484474386276334',
      hd: 'example.com',
      email: 'jane@example.com',
      email_verified: true,
      name: 'Jane Doe',
      picture: 'https://lh3.googleusercontent.com/a/photo=s96-c',
      given_name: 'Jane',
      family_name: 'Doe',
      jti: randomUUID().replaceAll('-', ''),
    },
  };
}

const google: ProviderShape = {
  name: 'ID token',
  alias: 'google',
  page: 'google',
  algorithm: 'RS256',
  issuerPath: '',
  token: (issuance) => idToken(issuance),
  mistakes: [
    opaqueMistake(
      'the access token',
      'ya29.a0AfB_byC0pJqXl3rT8vKw2mN5sZ1uY7eHdG4fQ9oIbR6tLxVcWkPaSjEiMnBzDy',
    ),
    signedMistake('an ID token for another client', (issuance) => idToken(issuance, OTHER_CLIENT)),
  ],
};

export const googleShapes: readonly ProviderShape[] = [google];
