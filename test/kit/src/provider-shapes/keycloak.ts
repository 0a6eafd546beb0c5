import { randomUUID } from 'node:crypto';
import type { Claims } from '../identity-provider.ts';
import {
  type Issuance,
  issuedFor,
  type ProviderShape,
  secretMistake,
  signedMistake,
  type TokenShape,
} from './provider-shape.ts';

const CLIENT = 'web';

function common(issuance: Issuance, typ: string): Claims {
  return {
    ...issuedFor(issuance, 300),
    auth_time: issuance.login.at,
    jti: randomUUID(),
    sub: '36fa0f91-f94d-4a0c-afed-6b7d952e47da',
    typ,
    azp: CLIENT,
    sid: issuance.login.id,
  };
}

function accessToken(issuance: Issuance, aud: unknown): TokenShape {
  return {
    header: { typ: 'JWT' },
    claims: {
      ...common(issuance, 'Bearer'),
      aud,
      acr: '1',
      'allowed-origins': ['https://app.example.com'],
      realm_access: { roles: ['offline_access', 'default-roles-example', 'uma_authorization'] },
      resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
      scope: 'openid email profile',
      email_verified: true,
      preferred_username: 'jane',
    },
  };
}

const keycloak: ProviderShape = {
  name: 'access token',
  alias: 'keycloak',
  page: 'keycloak',
  algorithm: 'RS256',
  issuerPath: '/realms/example',
  token: (issuance) => accessToken(issuance, ['websocket', 'account']),
  mistakes: [
    signedMistake('an access token without the audience mapper', (issuance) =>
      accessToken(issuance, 'account'),
    ),
    signedMistake('the ID token', (issuance) => ({
      header: { typ: 'JWT' },
      claims: { ...common(issuance, 'ID'), aud: CLIENT, acr: '1', preferred_username: 'jane' },
    })),
    secretMistake('the refresh token', 'HS512', (issuance) => ({
      ...common(issuance, 'Refresh'),
      aud: issuance.issuer,
      scope: 'openid email profile',
    })),
    signedMistake('a token fetched under another host name', (issuance) =>
      accessToken({ ...issuance, issuer: 'http://keycloak:8080/realms/example' }, ['websocket', 'account']),
    ),
  ],
};

export const keycloakShapes: readonly ProviderShape[] = [keycloak];
