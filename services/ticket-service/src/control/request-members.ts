import { acceptedIssuersOf, type TicketConfig } from '@admit-one/config';
import { BACKEND_ISSUER_ALIAS } from '@admit-one/identity';
import { RejectionError } from '@admit-one/runtime';

/** The alias of the issuer that a request means. @throws {RejectionError} */
export type IssuerOf = (given: string | undefined) => string;

export function createIssuerOf(config: TicketConfig): IssuerOf {
  const issuers = [...acceptedIssuersOf(config).map(({ alias }) => alias), BACKEND_ISSUER_ALIAS];
  const soleIssuer = soleIssuerOf(config);
  return (given) => {
    const issuer = given ?? soleIssuer;
    if (issuer !== null && issuers.includes(issuer)) return issuer;
    throw invalid(`issuer must be one of ${issuers.join(', ')}.`);
  };
}

/** The issuer that is meant where a request names none: the only one, or that of backends where there is none. */
function soleIssuerOf({ issuers: [first, second] }: TicketConfig): string | null {
  return second ? null : (first?.alias ?? BACKEND_ISSUER_ALIAS);
}

/** @throws {RejectionError} where not exactly one of the members is given */
export function assertOne(members: Readonly<Record<string, unknown>>): void {
  const given = Object.values(members).filter((value) => value !== undefined);
  if (given.length !== 1) throw invalid(`name exactly one of ${Object.keys(members).join(', ')}.`);
}

export function invalid(detail: string): RejectionError {
  return new RejectionError('request_invalid', { detail });
}
