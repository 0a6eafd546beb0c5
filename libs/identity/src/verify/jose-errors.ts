import { errors } from 'jose';
import { TokenError } from './token-error.ts';

/** Translates what jose throws about a token. Anything else is a bug, and stays as it is. */
export function tokenErrorOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new TokenError('expired');
  if (error instanceof errors.JWTClaimValidationFailed) return claimErrorOf(error);
  if (error instanceof errors.JOSEAlgNotAllowed) return new TokenError('algorithm');
  if (error instanceof errors.JOSENotSupported) return new TokenError('critical');
  if (error instanceof errors.JWSSignatureVerificationFailed) return new TokenError('signature');
  if (error instanceof errors.JOSEError) return new TokenError('form');
  return error;
}

function claimErrorOf({ claim, reason }: errors.JWTClaimValidationFailed): TokenError {
  if (claim === 'aud') return new TokenError('audience');
  if (claim === 'iss') return new TokenError('issuer');
  return new TokenError(reason === 'check_failed' ? 'early' : 'times');
}
