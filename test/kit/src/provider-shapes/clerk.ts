import { randomUUID } from 'node:crypto';
import {
  type Issuance,
  issuedFor,
  type ProviderShape,
  signedMistake,
  type TokenShape,
} from './provider-shape.ts';

const ORIGIN = 'https://app.example.com';

/** The claims of any token, made by a template or not. */
function anyToken(issuance: Issuance, azp: string | undefined = ORIGIN): TokenShape {
  return {
    header: { typ: 'JWT' },
    claims: {
      ...issuedFor(issuance, 60),
      azp,
      jti: randomUUID().replaceAll('-', '').slice(0, 20),
      nbf: issuance.issuedAt - 10,
      sub: 'user_1deJLArSTiWiF1YdsEWysnhJLLY',
    },
  };
}

function sessionToken(issuance: Issuance, azp?: string): TokenShape {
  const { header, claims } = anyToken(issuance, azp);
  return {
    header,
    claims: { ...claims, fva: [7, -1], sid: issuance.login.id, sts: 'active', v: 2, pla: 'u:free' },
  };
}

const clerk: ProviderShape = {
  name: 'session token',
  alias: 'clerk',
  page: 'clerk',
  algorithm: 'RS256',
  issuerPath: '',
  token: (issuance) => sessionToken(issuance),
  mistakes: [
    signedMistake('a token made with a JWT template', (issuance) => {
      const { header, claims } = anyToken(issuance);
      return { header, claims: { ...claims, aud: 'https://api.example.com' } };
    }),
    signedMistake('a session token of another origin', (issuance) =>
      sessionToken(issuance, 'https://pr-17.preview.example.com'),
    ),
    signedMistake('a session token fetched without an `Origin`', (issuance) => {
      const { header, claims } = sessionToken(issuance);
      return { header, claims: { ...claims, azp: undefined } };
    }),
  ],
};

export const clerkShapes: readonly ProviderShape[] = [clerk];
