/** The signature algorithms that an issuer may use. All are asymmetric: a verifier must not be able to sign. */
export const signatureAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
] as const;

export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** The accepted algorithms of an issuer by default. */
export const DEFAULT_ALGORITHMS: readonly SignatureAlgorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];

export function isSignatureAlgorithm(value: string): value is SignatureAlgorithm {
  return (signatureAlgorithms as readonly string[]).includes(value);
}

/** The two names of one algorithm (RFC 9864, section 2.2). */
const ED25519: readonly SignatureAlgorithm[] = ['EdDSA', 'Ed25519'];

/** Whether an algorithm is among the accepted ones, by either of its names. */
export function isAcceptedAlgorithm(
  algorithm: SignatureAlgorithm,
  accepted: readonly SignatureAlgorithm[] = DEFAULT_ALGORITHMS,
): boolean {
  return ED25519.includes(algorithm)
    ? accepted.some((name) => ED25519.includes(name))
    : accepted.includes(algorithm);
}
