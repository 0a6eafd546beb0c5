import {
  bearerTokenOf,
  TokenError,
  type TokenVerifier,
  tokenChecks,
  type VerifiedToken,
} from '@admit-one/identity';
import { Refusal } from '@admit-one/runtime';

/** What a token must be allowed to do, to read the trail. */
const READ_SCOPE = 'audit:read';

/**
 * Lets through requests with a token that may read the trail.
 * @throws {Refusal} `token_invalid`, `scope_missing` or `issuer_unavailable`
 */
export async function authorize(authorization: string | undefined, tokens: TokenVerifier): Promise<void> {
  const token = bearerTokenOf(authorization);
  if (token === null) throw new Refusal('token_invalid', { detail: tokenChecks.missing });
  const verified = await verify(token, tokens);
  if (!scopesOf(verified).includes(READ_SCOPE))
    throw new Refusal('scope_missing', { detail: `The token needs the scope ${READ_SCOPE}.` });
}

async function verify(token: string, tokens: TokenVerifier): Promise<VerifiedToken> {
  try {
    return await tokens.verify(token);
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    switch (error.code) {
      case 'invalid':
        throw new Refusal('token_invalid', { detail: error.detail, cause: error });
      case 'issuer_unavailable':
        throw new Refusal('issuer_unavailable', { cause: error });
      default:
        throw error.code satisfies never;
    }
  }
}

/** `scope` as RFC 9068 has it, and `scp` as Entra and Okta do. */
function scopesOf({ claims }: VerifiedToken): readonly unknown[] {
  return [claims.scope, claims.scp].flatMap((claim) =>
    typeof claim === 'string' ? claim.split(' ') : claim,
  );
}
