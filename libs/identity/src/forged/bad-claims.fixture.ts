import type { TokenCheck } from '../index.ts';
import type { BadToken } from './bad-headers.fixture.ts';
import { encoded, type Members, type TokenForge } from './token-forge.fixture.ts';

/** The clock tolerance of the verifier that these tokens are given to. */
export const TOLERANCE_SECONDS = 20;

const SIGNATURE_AND_DOTS = 88;

type Row = readonly [what: string, claims: Members, check: TokenCheck];

/** Tokens with a good signature and bad claims. */
export function badClaims(forge: TokenForge): readonly BadToken[] {
  const now = Math.floor(Date.now() / 1000);
  const { issuer, audience } = forge;
  const rows: readonly Row[] = [
    ...['9999999999', null, true, [now + 60], { at: now }, undefined].map(
      (exp): Row => [`exp ${JSON.stringify(exp)}`, { exp }, 'times'],
    ),
    ['exp in the past', { exp: now - 60 }, 'expired'],
    ['exp beyond the tolerance', { exp: now - TOLERANCE_SECONDS - 1 }, 'expired'],
    ['exp that is negative', { exp: -1 }, 'expired'],
    ['exp that is a fraction', { exp: now - 59.5 }, 'expired'],
    ...[String(now), null, [now], undefined].map(
      (iat): Row => [`iat ${JSON.stringify(iat)?.replace(/\d+/, 'now')}`, { iat }, 'times'],
    ),
    ['iat ahead', { iat: now + 60 }, 'early'],
    ...[String(now), null, [now]].map(
      (nbf): Row => [`nbf ${JSON.stringify(nbf).replace(/\d+/, 'now')}`, { nbf }, 'times'],
    ),
    ['nbf ahead', { nbf: now + 60 }, 'early'],

    ...[
      undefined,
      null,
      1,
      {},
      { 0: audience },
      [],
      ['another'],
      [[audience]],
      '',
      audience.slice(0, -1),
    ].map((aud): Row => [`aud ${JSON.stringify(aud)}`, { aud }, 'audience']),
    ['aud with more behind it', { aud: `${audience}.example` }, 'audience'],
    ['aud in another case', { aud: audience.toUpperCase() }, 'audience'],
    ['aud in spaces', { aud: ` ${audience} ` }, 'audience'],
    ['aud of two in one', { aud: `another ${audience}` }, 'audience'],

    ...[undefined, null, 1, {}, ''].map((iss): Row => [`iss ${JSON.stringify(iss)}`, { iss }, 'issuer']),
    ['iss that is a list', { iss: [issuer] }, 'issuer'],
    ['iss with a slash behind it', { iss: `${issuer}/` }, 'issuer'],
    ['iss in another case', { iss: issuer.toLowerCase() }, 'issuer'],
    ['iss with a query', { iss: `${issuer}?a` }, 'issuer'],
    ['iss of another', { iss: 'https://issuer.example' }, 'issuer'],
    ['iss __proto__', { iss: '__proto__' }, 'issuer'],

    ...[
      '',
      1.5,
      true,
      {},
      ['forge-user'],
      'u'.repeat(257),
      'forge\0user',
      'forge\r\nuser',
      'forge\u001b[31m',
      'forge\ud800',
    ].map((sub): Row => [`sub ${JSON.stringify(sub).slice(0, 40)}`, { sub }, 'user']),
    ...['s'.repeat(300), 'forge\0session', 'forge\u009b31m'].map(
      (sessionId): Row => [`sessionId ${JSON.stringify(sessionId).slice(0, 40)}`, { sessionId }, 'session'],
    ),
  ];
  return rows.map(([what, claims, check]) => [what, forge.token(forge.claims(claims)), check]);
}

/** Tokens of a bad form. */
export function badForms(forge: TokenForge): readonly BadToken[] {
  const good = forge.token();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const json = JSON.stringify(forge.claims());
  const told = (member: string) => `${json.slice(0, -1)},${member}}`;
  const payloads: readonly (readonly [what: string, payload: string | Uint8Array, check: TokenCheck])[] = [
    ...['[]', 'null', '42', 'true', '"forged"', '', '{', `[${json}]`, `${json}${json}`, `${json}\0`].map(
      (text) => [`a payload ${JSON.stringify(text).slice(0, 12)}`, text, 'form'] as const,
    ),
    ['exp NaN', told('"exp":NaN'), 'form'],
    ['exp 1e999', told('"exp":1e999'), 'times'],
    ['iat 1e999', told('"iat":1e999'), 'times'],
    ['nbf 1e999', told('"nbf":1e999'), 'early'],
    ['exp -1e999', told('"exp":-1e999'), 'expired'],
    ['two exps, the last in the past', told('"exp":1'), 'expired'],
    ['two audiences, the last of another', told('"aud":"another"'), 'audience'],
    ['two issuers, the last of another', told('"iss":"another"'), 'issuer'],
    ['a payload that is not UTF-8', Buffer.from(told('"name":"\xff\xfe"'), 'latin1'), 'form'],
  ];
  return [
    ...payloads.map(([what, text, check]): BadToken => [what, forge.token(text), check]),
    ['no parts', 'forged', 'form'],
    ['one dot', `${header}.${payload}`, 'form'],
    ['four parts', `${good}.${signature}`, 'form'],
    ['five parts', `${good}.${signature}.${signature}`, 'form'],
    ['nothing but dots', '..', 'form'],
    ['no header', `.${payload}.${signature}`, 'form'],
    ['no payload', `${header}..${signature}`, 'form'],
    ['padding', `${good}=`, 'form'],
    ['padding inside', `${header}=.${payload}.${signature}`, 'form'],
    ['the alphabet of base64', `${header}.${payload}.+/${signature.slice(2)}`, 'form'],
    ['bytes behind it', `${good}~`, 'form'],
    [
      'a payload of another token',
      [header, encoded(forge.claims({ sub: 'forge-other' })), signature].join('.'),
      'signature',
    ],
    ['a byte more than 16 KiB', ofLength(forge, 16_385), 'size'],
    ['20,000 bytes that are no token', 'x'.repeat(20_000), 'size'],
  ];
}

/** A good token of exactly so many bytes. */
export function ofLength(forge: TokenForge, bytes: number): string {
  for (const more of ['', 'x', 'xx', 'xxx'])
    for (let padding = 0; padding < bytes; padding += 1) {
      const parts = [forge.claims({ padding: 'x'.repeat(padding) }), forge.header({ more })] as const;
      const length = parts
        .map((part) => encoded(part).length)
        .reduce((sum, n) => sum + n, SIGNATURE_AND_DOTS);
      if (length === bytes) return forge.token(...parts);
      if (length > bytes) break;
    }
  throw new Error(`no token has ${bytes} bytes`);
}
