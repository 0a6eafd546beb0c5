import type { JWTPayload } from 'jose';

/** A time of a token that it is refused for. */
export interface TimeIssue {
  readonly claim: 'exp' | 'nbf' | 'iat';
  readonly check: 'times' | 'expired' | 'early';
}

/**
 * What is wrong with the times of a token: `exp` and `iat` have to be there, `nbf` may. JSON can say 1e999, which would
 * never expire.
 * @param nowSeconds Unix seconds, with their fraction
 */
export function timeIssuesOf(
  { exp, nbf, iat }: Readonly<JWTPayload>,
  toleranceSeconds: number,
  nowSeconds: number,
): readonly TimeIssue[] {
  const faults: TimeIssue[] = [];
  const now = Math.floor(nowSeconds);
  if (!isTime(exp)) faults.push({ claim: 'exp', check: 'times' });
  else if (exp <= now - toleranceSeconds) faults.push({ claim: 'exp', check: 'expired' });
  if (nbf !== undefined && !isTime(nbf)) faults.push({ claim: 'nbf', check: 'times' });
  else if (nbf !== undefined && nbf > now + toleranceSeconds) faults.push({ claim: 'nbf', check: 'early' });
  if (!isTime(iat)) faults.push({ claim: 'iat', check: 'times' });
  else if (iat > nowSeconds + toleranceSeconds) faults.push({ claim: 'iat', check: 'early' });
  return faults;
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}
