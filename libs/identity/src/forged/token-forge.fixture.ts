import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';

/** A part of a token: JSON as it is to be, or a value to be made JSON of. */
export type Part = string | Uint8Array | Readonly<Record<string, unknown>>;

export interface Members {
  readonly [member: string]: unknown;
}

/** An issuer that signs anything. */
export interface TokenForge {
  readonly issuer: string;
  readonly audience: string;
  readonly jwks: JSONWebKeySet;
  /** Of P-256 and of RSA. */
  readonly keys: { readonly ec: KeyObject; readonly rsa: KeyObject };
  /** What a good token says, with members added, replaced, or left out where they are `undefined`. */
  header(members?: Members): Members;
  claims(members?: Members): Members;
  /** A token of these parts, properly signed by the key of P-256. */
  token(claims?: Part, header?: Part): string;
}

const KID = { ec: 'forge-key-ec', rsa: 'forge-key-rsa' };

export function createTokenForge(): TokenForge {
  const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = [
    { ...jwkOf(ec), kid: KID.ec, alg: 'ES256' },
    { ...jwkOf(rsa), kid: KID.rsa, alg: 'RS256' },
  ];
  const issuer = 'https://issuer.example/Forge';
  const audience = 'forge-audience';

  function claims(members: Members = {}): Members {
    const iat = Math.floor(Date.now() / 1000);
    const usual = { iss: issuer, aud: audience, sub: 'forge-user', sessionId: 'forge-session' };
    return { ...usual, iat, exp: iat + 300, ...members };
  }

  function header(members: Members = {}): Members {
    return { alg: 'ES256', typ: 'JWT', kid: KID.ec, ...members };
  }

  return {
    issuer,
    audience,
    jwks: { keys } as JSONWebKeySet,
    keys: { ec, rsa },
    header,
    claims,
    token: (payload = claims(), head = header()) => signed(head, payload, ec),
  };
}

/** The public part of a key pair, as the world knows it. */
export function jwkOf(key: KeyObject): Members {
  return createPublicKey(key).export({ format: 'jwk' }) as Members;
}

export function encoded(part: Part): string {
  const bytes = typeof part === 'string' || part instanceof Uint8Array ? part : JSON.stringify(part);
  return Buffer.from(bytes).toString('base64url');
}

/** A compact JWS of these parts, signed with SHA-256, whatever its header says. */
export function signed(header: Part, payload: Part, key: KeyObject): string {
  const input = `${encoded(header)}.${encoded(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** A token with another signature. */
export function withSignature(token: string, signature: Uint8Array): string {
  return `${token.slice(0, token.lastIndexOf('.'))}.${Buffer.from(signature).toString('base64url')}`;
}

/** The bytes of a token's signature. */
export function signatureOf(token: string): Buffer {
  return Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url');
}
