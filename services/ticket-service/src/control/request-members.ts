import { RejectionError } from '@admit-one/runtime';

/** The alias of the issuer that a request means. @throws {RejectionError} */
export type IssuerOf = (given: string | undefined) => string;

/**
 * @param issuers the aliases of the issuers whose tokens get tickets
 * @param soleIssuer the one that is meant where a request names none; null where there are several
 */
export function createIssuerOf(issuers: readonly string[], soleIssuer: string | null): IssuerOf {
  return (given) => {
    const issuer = given ?? soleIssuer;
    if (issuer !== null && issuers.includes(issuer)) return issuer;
    throw invalid(`issuer must be one of ${issuers.join(', ')}.`);
  };
}

/** @throws {RejectionError} where not exactly one of the members is given */
export function assertOne(members: Readonly<Record<string, unknown>>): void {
  const given = Object.values(members).filter((value) => value !== undefined);
  if (given.length !== 1) throw invalid(`name exactly one of ${Object.keys(members).join(', ')}.`);
}

export function invalid(detail: string): RejectionError {
  return new RejectionError('request_invalid', { detail });
}
