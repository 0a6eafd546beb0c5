import { randomUUID } from 'node:crypto';
import type { Claims } from '../identity-provider.ts';
import {
  type Issuance,
  issuedFor,
  opaqueMistake,
  type ProviderShape,
  signedMistake,
  type TokenShape,
} from './provider-shape.ts';

const CLIENT = '57cbishk4j24pabc1234567890';

function common(issuance: Issuance, tokenUse: 'access' | 'id'): Claims {
  return {
    ...issuedFor(issuance, 3_600),
    sub: '5f0e8a1c-6b3d-4f27-9a54-1c2d3e4f5a6b',
    'cognito:groups': ['admin'],
    token_use: tokenUse,
    auth_time: issuance.login.at,
    origin_jti: issuance.login.id,
    jti: randomUUID(),
  };
}

function accessToken(issuance: Issuance, client: string = CLIENT): TokenShape {
  return {
    header: { typ: undefined },
    claims: {
      ...common(issuance, 'access'),
      scope: 'aws.cognito.signin.user.admin',
      client_id: client,
      username: 'jane',
    },
  };
}

const cognito: ProviderShape = {
  name: 'access token',
  alias: 'cognito',
  page: 'cognito',
  algorithm: 'RS256',
  issuerPath: '/eu-west-1_Example',
  token: (issuance) => accessToken(issuance),
  mistakes: [
    signedMistake('the ID token', (issuance) => ({
      header: { typ: undefined },
      claims: {
        ...common(issuance, 'id'),
        aud: CLIENT,
        'cognito:username': 'jane',
        email: 'jane@example.com',
        email_verified: true,
      },
    })),
    opaqueMistake(
      'the refresh token',
      'eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ.a2V5.aXY.Y2lwaGVy.dGFn',
    ),
    signedMistake('an access token of another app client', (issuance) =>
      accessToken(issuance, '1h57kf5cpq17m0eml12EXAMPLE'),
    ),
    signedMistake('an access token of an app client without token revocation', (issuance) => {
      const { header, claims } = accessToken(issuance);
      return { header, claims: { ...claims, origin_jti: undefined, jti: undefined } };
    }),
  ],
};

export const cognitoShapes: readonly ProviderShape[] = [cognito];
