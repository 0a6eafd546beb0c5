import {
  type CompactJWSHeaderParameters,
  CompactSign,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
} from 'jose';

/** A key pair of an issuer, and what the world may know of it. */
export interface SigningKey {
  readonly algorithm: string;
  readonly publicJwk: JWK;
  /** Signs any JSON value as a compact JWS; the header's members add to, or replace, the proper ones. */
  sign(payload: unknown, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** Generates a key pair with a new key id. */
export async function createSigningKey(algorithm: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const kid = crypto.randomUUID();
  return {
    algorithm,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' },
    sign: (payload, header = {}) => sign(privateKey, payload, { alg: algorithm, kid, typ: 'JWT', ...header }),
  };
}

async function sign(key: CryptoKey, payload: unknown, header: CompactJWSHeaderParameters): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  return new CompactSign(bytes).setProtectedHeader(header).sign(key);
}

/** The keys as an issuer publishes them. */
export function keySetOf(keys: readonly SigningKey[]): JSONWebKeySet {
  return { keys: keys.map(({ publicJwk }) => publicJwk) };
}
