import { randomUUID } from 'node:crypto';
import {
  type Issuance,
  issuedFor,
  type ProviderShape,
  signedMistake,
  type TokenShape,
} from './provider-shape.ts';

const CLIENT = '0oa4dr9kzkykPrLhq0g7';
const ORG = 'https://example.okta.com';

function accessToken(issuance: Issuance): TokenShape {
  return {
    header: { typ: undefined },
    claims: {
      ...issuedFor(issuance, 3_600),
      ver: 1,
      jti: `AT.${randomUUID()}`,
      aud: 'api://default',
      cid: CLIENT,
      uid: '00u47ijy7sRLaeSdC0g7',
      scp: ['openid', 'profile'],
      auth_time: issuance.login.at,
      sub: 'jane@example.com',
    },
  };
}

const okta = {
  alias: 'okta',
  page: 'okta',
  algorithm: 'RS256',
  issuerPath: '/oauth2/default',
  mistakes: [
    signedMistake('an access token of the org authorization server', (issuance) => {
      const { header, claims } = accessToken({ ...issuance, issuer: ORG });
      return { header, claims: { ...claims, aud: ORG } };
    }),
    signedMistake('the ID token', (issuance) => ({
      header: { typ: undefined },
      claims: {
        ...issuedFor(issuance, 3_600),
        ver: 1,
        jti: `ID.${randomUUID()}`,
        sub: '00u47ijy7sRLaeSdC0g7',
        aud: CLIENT,
        amr: ['pwd'],
        auth_time: issuance.login.at,
        preferred_username: 'jane@example.com',
      },
    })),
  ],
} as const;

const withAuthTime: ProviderShape = { ...okta, name: 'with `auth_time`', token: accessToken };

const withoutAuthTime: ProviderShape = {
  ...okta,
  name: 'without `auth_time`',
  token(issuance) {
    const { header, claims } = accessToken(issuance);
    return { header, claims: { ...claims, auth_time: undefined } };
  },
};

export const oktaShapes: readonly ProviderShape[] = [withAuthTime, withoutAuthTime];
