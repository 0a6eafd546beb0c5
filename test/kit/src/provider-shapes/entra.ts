import { createHash, randomUUID } from 'node:crypto';
import type { Claims } from '../identity-provider.ts';
import {
  type Issuance,
  issuedFor,
  type MistakenToken,
  type ProviderShape,
  type Signer,
  signedMistake,
  type TokenShape,
} from './provider-shape.ts';

const TENANT = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490';
const API = '6e74172b-be56-4843-9ff4-e66a39bb12e3';
const CLIENT = '75dbe77f-10a3-4e59-85fd-8c127544f17c';
const STS = `https://sts.windows.net/${TENANT}/`;

function common(issuance: Issuance): Claims {
  return {
    ...issuedFor(issuance, 4_500),
    nbf: issuance.issuedAt,
    aio: 'opaque',
    name: 'Jane Doe',
    oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
    rh: 'opaque',
    scp: 'access_as_user',
    sid: issuance.login.id,
    sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
    tid: TENANT,
    uti: randomUUID(),
  };
}

function v2Token(issuance: Issuance): TokenShape {
  const claims = { ...common(issuance), aud: API, azp: CLIENT, azpacr: '0', ver: '2.0' };
  return { header: { typ: 'JWT' }, claims };
}

function v1Token(issuance: Issuance): TokenShape {
  return {
    header: { typ: 'JWT', x5t: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY' },
    claims: {
      ...common(issuance),
      aud: `api://${API}`,
      acr: '1',
      amr: ['pwd'],
      appid: CLIENT,
      appidacr: '0',
      unique_name: 'jane@example.com',
      ver: '1.0',
    },
  };
}

function withoutSession(token: (issuance: Issuance) => TokenShape): MistakenToken {
  return signedMistake('an access token without the optional claim `sid`', (issuance) => {
    const { header, claims } = token(issuance);
    return { header, claims: { ...claims, sid: undefined } };
  });
}

const idToken = signedMistake('the ID token', (issuance) => ({
  header: { typ: 'JWT' },
  claims: { ...common(issuance), scp: undefined, aud: CLIENT, preferred_username: 'jane@example.com' },
}));

/** Signed over a header with the hash of the nonce, and sent with the nonce itself: for Graph alone to verify. */
async function graphToken(issuance: Issuance, signer: Signer): Promise<string> {
  const nonce = randomUUID();
  const hash = createHash('sha256').update(nonce).digest('base64url');
  const claims = { ...v1Token(issuance).claims, aud: 'https://graph.microsoft.com' };
  const [header = '', ...rest] = (await signer.sign(claims, { nonce: hash })).split('.');
  const sent = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), nonce };
  return [Buffer.from(JSON.stringify(sent)).toString('base64url'), ...rest].join('.');
}

const v2: ProviderShape = {
  name: 'v2.0 token',
  alias: 'entra',
  page: 'entra',
  algorithm: 'RS256',
  issuerPath: `/${TENANT}/v2.0`,
  token: v2Token,
  mistakes: [
    withoutSession(v2Token),
    idToken,
    signedMistake('a v1.0 token, with the settings of v2.0', (issuance) =>
      v1Token({ ...issuance, issuer: STS }),
    ),
    {
      name: 'a token for Microsoft Graph, with the settings of v2.0',
      mint: (issuance, signer) => graphToken({ ...issuance, issuer: STS }, signer),
    },
  ],
};

const v1: ProviderShape = {
  name: 'v1.0 token',
  alias: 'entra-v1',
  page: 'entra',
  algorithm: 'RS256',
  issuerPath: `/${TENANT}/`,
  token: v1Token,
  mistakes: [
    withoutSession(v1Token),
    { name: 'a token for Microsoft Graph, with the settings of v1.0', mint: graphToken },
  ],
};

export const entraShapes: readonly ProviderShape[] = [v2, v1];
