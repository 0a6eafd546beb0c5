import { type CompactJWSHeaderParameters, type CryptoKey, compactVerify, errors } from 'jose';
import { isAcceptedAlgorithm, isSignatureAlgorithm } from '../issuers/signature-algorithms.ts';
import { DEFAULT_CLOCK_TOLERANCE_SECONDS, type IssuerConfig } from '../issuers/types.ts';
import { type ChooseKeys, type IssuerKey, MAX_TRIED_KEYS } from '../keys/choose-keys.ts';
import { isAcceptedAudience, isAcceptedType, timeErrorsOf } from './claim-rules.ts';
import { type OnFailure, TokenError, tokenErrorOf } from './token-error.ts';
import { isCompact, unverifiedClaimsOf } from './token-form.ts';
import type { Claims, VerifiedToken } from './types.ts';
import { isSignedWith, isVerifiedSync } from './verify-sync.ts';

/** An issuer whose tokens are accepted, with its keys. */
export interface TrustedIssuer<Config extends IssuerConfig = IssuerConfig> {
  readonly config: Config;
  /** Finds the keys that fit a token; throws `TokenError`. */
  readonly keys: ChooseKeys;
}

export interface TokenAcceptance<Config extends IssuerConfig> {
  /** The longest accepted token, in bytes. */
  readonly maxBytes: number;
  /**
   * The issuer for an `iss`. An explanation may give one that is spelled differently: the check of the issuer fails, and its
   * settings apply to the other checks.
   */
  issuerFor(iss: unknown): TrustedIssuer<Config> | undefined;
}

export interface CheckedToken<Config extends IssuerConfig> {
  /** Undefined if they cannot be decoded. */
  readonly claims: Claims | undefined;
  /** Undefined if it isn't the header of a JWS, or has an unknown extension. */
  readonly header: CompactJWSHeaderParameters | undefined;
  /** Defined if and only if all checks passed. */
  readonly verified: VerifiedToken<Config> | undefined;
}

/**
 * Checks a token: size, form, issuer, header, algorithm, key, signature, times, type and audience, in this order.
 * @throws what `onFailure` throws; anything else is a bug
 */
export async function checkToken<Config extends IssuerConfig>(
  token: string,
  { maxBytes, issuerFor }: TokenAcceptance<Config>,
  onFailure: OnFailure,
): Promise<CheckedToken<Config>> {
  let failures = 0;
  const fail: OnFailure = (error) => {
    failures += 1;
    onFailure(error);
  };

  if (token.length > maxBytes) fail(new TokenError('size'));
  const isWhole = isCompact(token);
  if (!isWhole) fail(new TokenError('form'));
  const claims = unverifiedClaimsOf(token);
  if (!claims) {
    if (isWhole) fail(new TokenError('form'));
    return { claims, header: undefined, verified: undefined };
  }
  const issuer = issuerFor(claims.iss);
  if (!issuer || issuer.config.issuer !== claims.iss) fail(new TokenError('issuer'));
  const { header, signer } = isWhole ? await checkSignature(token, issuer, fail) : UNREADABLE;
  const tolerance = issuer?.config.clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS;
  for (const error of timeErrorsOf(claims, tolerance, Date.now() / 1000)) fail(error);
  if (header && !isAcceptedType(header.typ, claims)) fail(new TokenError('type'));
  if (issuer && !isAcceptedAudience(claims, issuer.config))
    fail(new TokenError('audience', { claim: issuer.config.audienceClaim ?? 'aud' }));

  if (failures > 0 || !issuer || !header || !signer) return { claims, header, verified: undefined };
  const verified = {
    issuer: issuer.config,
    kid: signer.kid,
    issuedAt: Number(claims.iat),
    expiresAt: Number(claims.exp),
    claims,
  };
  return { claims, header, verified };
}

interface CheckedSignature {
  readonly header: CompactJWSHeaderParameters | undefined;
  /** The key that verified the signature. */
  readonly signer: IssuerKey | undefined;
}

const UNREADABLE: CheckedSignature = { header: undefined, signer: undefined };

/** Ends jose's check of a signature: it was checked here, or a failure before it is reported already. */
const STOP = new Error('The signature needs no more checks');

/** Checks header, algorithm, key and signature. Only the issuer's keys count; those in a header are ignored. */
export async function checkSignature(
  token: string,
  issuer: TrustedIssuer | undefined,
  fail: OnFailure,
): Promise<CheckedSignature> {
  let header: CompactJWSHeaderParameters | undefined;
  let signer: IssuerKey | undefined;
  let tried: IssuerKey | undefined;
  try {
    // jose asks for the key once the header is well-formed and has no unknown extension.
    await compactVerify(token, async (protectedHeader) => {
      if (protectedHeader.b64 === false) throw new TokenError('form');
      header = protectedHeader;
      if (!issuer) throw STOP;
      const { alg } = protectedHeader;
      const isKnown = isSignatureAlgorithm(alg);
      if (!isKnown || !isAcceptedAlgorithm(alg, issuer.config.algorithms)) fail(new TokenError('algorithm'));
      if (!isKnown) throw STOP;
      const keys = await issuer.keys(protectedHeader);
      if (isVerifiedSync(alg)) {
        signer = signerAmong(token, keys);
        throw STOP;
      }
      tried = await keyThatVerifies(token, keys);
      return tried.key;
    });
    signer = tried;
  } catch (error) {
    if (error !== STOP) {
      const failure = tokenErrorOf(error);
      if (!(failure instanceof TokenError)) throw failure;
      fail(failure);
    }
  }
  return { header, signer };
}

function signerAmong(token: string, keys: readonly IssuerKey[]): IssuerKey {
  const signer = keys.slice(0, MAX_TRIED_KEYS).find(({ key }) => isSignedWith(token, key));
  if (!signer) throw unverified(keys);
  return signer;
}

/** The only key, or else the one that verifies the token: without a `kid` its header may fit several. */
async function keyThatVerifies(token: string, keys: readonly IssuerKey[]): Promise<IssuerKey> {
  const [only, ...others] = keys;
  if (only && others.length === 0) return only;
  for (const key of keys.slice(0, MAX_TRIED_KEYS)) if (await isSignedBy(key.key, token)) return key;
  throw unverified(keys);
}

function unverified(keys: readonly IssuerKey[]): TokenError {
  return new TokenError(keys.length > MAX_TRIED_KEYS ? 'kid' : 'signature');
}

async function isSignedBy(key: CryptoKey, token: string): Promise<boolean> {
  try {
    await compactVerify(token, key);
    return true;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false;
    throw error;
  }
}
