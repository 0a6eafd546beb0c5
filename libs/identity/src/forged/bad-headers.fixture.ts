import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { TokenCheck } from '../index.ts';
import {
  encoded,
  jwkOf,
  type Members,
  signatureOf,
  signed,
  type TokenForge,
  withSignature,
} from './token-forge.fixture.ts';

/** What is wrong with a token, the token, and the check that finds it. */
export type BadToken = readonly [what: string, token: string, check: TokenCheck];

/** Tokens whose header or signature is an attack. `lure` is the URL of the attacker's keys: nothing may fetch it. */
export function badHeaders(forge: TokenForge, lure: string): readonly BadToken[] {
  return [
    ...unsigned(forge),
    ...signedWithWhatIsPublic(forge),
    ...keysOfTheAttacker(forge, lure),
    ...keyIds(forge),
    ...signatures(forge),
    ...otherHeaders(forge),
  ];
}

function unsigned(forge: TokenForge): readonly BadToken[] {
  return ['none', 'None', 'NONE', 'nOnE'].flatMap((alg): BadToken[] => {
    const input = `${encoded(forge.header({ alg }))}.${encoded(forge.claims())}`;
    return [
      [`alg ${alg} without a signature`, `${input}.`, 'form'],
      [`alg ${alg} with a signature`, `${input}.AAAA`, 'algorithm'],
    ];
  });
}

/** A verifier that takes a public key for a shared secret accepts tokens that anyone can make. */
function signedWithWhatIsPublic(forge: TokenForge): readonly BadToken[] {
  const jwk = jwkOf(forge.keys.rsa);
  const secrets = {
    PEM: createPublicKey(forge.keys.rsa).export({ format: 'pem', type: 'spki' }),
    JWK: JSON.stringify(jwk),
    modulus: Buffer.from(String(jwk.n), 'base64url'),
    nothing: '',
  };
  return Object.entries(secrets).map(([name, secret]): BadToken => {
    const input = `${encoded(forge.header({ alg: 'HS256', kid: 'forge-key-rsa' }))}.${encoded(forge.claims())}`;
    const mac = createHmac('sha256', secret).update(input).digest('base64url');
    return [`HS256 with the public key as ${name}`, `${input}.${mac}`, 'algorithm'];
  });
}

function keysOfTheAttacker(forge: TokenForge, lure: string): readonly BadToken[] {
  const { privateKey: own } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...jwkOf(own), kid: 'attackers-key' };
  const offers: Readonly<Record<string, Members>> = {
    jwk: { jwk },
    jku: { jku: `${lure}/jwks.json` },
    x5u: { x5u: `${lure}/chain.pem` },
    x5c: { x5c: [encoded('certificate of the attacker')] },
    all: { jwk, jku: `${lure}/jwks.json`, x5u: `${lure}/chain.pem`, x5t: 'forged-thumbprint' },
  };
  return Object.entries(offers).flatMap(([name, offer]): BadToken[] => [
    [
      `a key by ${name}`,
      signed(forge.header({ ...offer, kid: 'attackers-key' }), forge.claims(), own),
      'key',
    ],
    [
      `a key by ${name} and the kid of another`,
      signed(forge.header(offer), forge.claims(), own),
      'signature',
    ],
  ]);
}

function keyIds(forge: TokenForge): readonly BadToken[] {
  const kids: Readonly<Record<string, string>> = {
    'that is empty': '',
    'that is a path': '../../../../dev/null',
    'that is SQL': "' UNION SELECT 'forged-key' --",
    'with CRLF': 'forge-key-ec\r\nSet-Cookie: forged=1',
    'with NUL': 'forge-key-ec\0',
    'that is __proto__': '__proto__',
    'that is constructor': 'constructor',
    'of 5,000 characters': 'k'.repeat(5_000),
    'in another case': 'FORGE-KEY-EC',
  };
  return Object.entries(kids).map(
    ([name, kid]): BadToken => [`a kid ${name}`, forge.token(forge.claims(), forge.header({ kid })), 'key'],
  );
}

function signatures(forge: TokenForge): readonly BadToken[] {
  const good = forge.token();
  const signature = signatureOf(good);
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const zeros = Buffer.alloc(32);
  const { privateKey: p384 } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const der = sign('sha256', Buffer.from(good.slice(0, good.lastIndexOf('.'))), forge.keys.ec);
  const other = forge.token(forge.claims({ sub: 'forge-other' }));
  const all: Readonly<Record<string, string>> = {
    'of zeros': withSignature(good, Buffer.alloc(64)),
    'whose r is zero': withSignature(good, Buffer.concat([zeros, s])),
    'whose s is zero': withSignature(good, Buffer.concat([r, zeros])),
    'in DER': withSignature(good, der),
    'that is cut': withSignature(good, signature.subarray(0, -1)),
    'with a byte more': withSignature(good, Buffer.concat([signature, Buffer.from([0])])),
    'of another token': withSignature(good, signatureOf(other)),
    'on another curve': signed(forge.header(), forge.claims(), p384),
    'of one byte': withSignature(good, Buffer.from([1])),
  };
  return Object.entries(all).map(([name, token]): BadToken => [`a signature ${name}`, token, 'signature']);
}

function otherHeaders(forge: TokenForge): readonly BadToken[] {
  const good = forge.token();
  const rows: readonly (readonly [what: string, header: Members | string | Uint8Array, check: TokenCheck])[] =
    [
      ['alg of another curve', forge.header({ alg: 'ES384' }), 'algorithm'],
      ['alg of another kind of key', forge.header({ alg: 'RS256' }), 'key'],
      ['a kid of another kind of key', forge.header({ kid: 'forge-key-rsa' }), 'key'],
      ['alg in lower case', forge.header({ alg: 'es256' }), 'algorithm'],
      ['a kid that is a number', forge.header({ kid: 1 }), 'key'],
      ['a kid that is a list', forge.header({ kid: ['forge-key-ec'] }), 'key'],
      ['a kid that is null', forge.header({ kid: null }), 'key'],
      ['no alg', forge.header({ alg: undefined }), 'form'],
      ['alg that is a number', forge.header({ alg: 256 }), 'form'],
      ['alg that is a list', forge.header({ alg: ['ES256'] }), 'form'],
      ['two algs, the last of them none', '{"alg":"ES256","kid":"forge-key-ec","alg":"none"}', 'algorithm'],
      ['an unknown crit', forge.header({ crit: ['forged'], forged: true }), 'critical'],
      ['crit that names what is not there', forge.header({ crit: ['forged'] }), 'critical'],
      ['crit that is empty', forge.header({ crit: [] }), 'form'],
      ['crit that is a string', forge.header({ crit: 'exp' }), 'form'],
      ['crit of a known member', forge.header({ crit: ['alg'] }), 'critical'],
      ['b64 that is false', forge.header({ crit: ['b64'], b64: false }), 'form'],
      ...['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'JWE', 'JOSE', 'jwt ', ''].map(
        (typ) => [`typ ${JSON.stringify(typ)}`, forge.header({ typ }), 'type'] as const,
      ),
      ['typ that is a number', forge.header({ typ: 1 }), 'type'],
      ['typ that is a list', forge.header({ typ: ['JWT'] }), 'type'],
      ['a header that is a list', '[]', 'form'],
      ['a header that is null', 'null', 'form'],
      ['a header that is a string', '"ES256"', 'form'],
      ['a header that is no JSON', '{"alg":"ES256"', 'form'],
      ['a header with bytes behind it', `${JSON.stringify(forge.header())}}`, 'form'],
      ['a header that is not UTF-8', Buffer.from('{"alg":"ES256","kid":"\xff"}', 'latin1'), 'form'],
    ];
  return [
    ...rows.map(([what, header, check]): BadToken => [what, forge.token(forge.claims(), header), check]),
    [
      'a header of another token',
      [encoded(forge.header({ typ: 'at+jwt' })), ...good.split('.').slice(1)].join('.'),
      'signature',
    ],
  ];
}
