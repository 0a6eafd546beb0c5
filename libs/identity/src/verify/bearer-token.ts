const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** The token of an `Authorization: Bearer` header (RFC 6750, section 2.1), or null where there is none. */
export function bearerTokenOf(authorization: string | undefined): string | null {
  return authorization?.match(BEARER)?.[1] ?? null;
}
