const WEB_ORIGIN = /^(https?):\/\/([\w.-]*|\[[\da-f:.]*\])(?::(\d+))?$/i;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/**
 * A web origin as browsers serialize it (RFC 6454, section 6.2): in lower case, without the default port. Clients that
 * are not browsers send other spellings: React Native keeps the port. Any other text is returned as it is.
 */
export function canonicalOrigin(origin: string): string {
  const [, scheme, host, port] = WEB_ORIGIN.exec(origin)?.map((part) => part?.toLowerCase()) ?? [];
  if (scheme === undefined || host === undefined) return origin;
  return `${scheme}://${host}${port === undefined || port === DEFAULT_PORTS[scheme] ? '' : `:${port}`}`;
}
