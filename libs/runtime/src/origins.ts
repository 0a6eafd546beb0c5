/** Decides whether a browser's `Origin` is one of ours. */
export type OriginPolicy = (origin: string) => boolean;

export interface OriginOptions {
  /** Exact origins, or `https://*.preview.example.com`: any one or more labels in the wildcard's place. */
  readonly allowed: readonly string[];
  /** Whether pages served from this machine may come too, on any port. */
  readonly loopback: boolean;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const WILDCARD_LABEL = 'wildcard-label';

/** What keeps a value from being an entry of the allow-list, or undefined. */
export function originFault(entry: string): string | undefined {
  const withLabel = entry.replace('://*.', `://${WILDCARD_LABEL}.`);
  const parsed = URL.canParse(withLabel) ? new URL(withLabel) : undefined;
  if (!parsed || !isWeb(parsed)) return `${JSON.stringify(entry)} is not an http(s) origin`;
  if (withLabel.includes('*') || parsed.hostname === `${WILDCARD_LABEL}.`)
    return `${JSON.stringify(entry)} has a wildcard that is not the first label of a name`;
  if (parsed.origin !== withLabel)
    return `${JSON.stringify(entry)} is not an origin as browsers send it: scheme, host and port alone, in lower case`;
  return undefined;
}

/** Makes the policy. Comparison is by the serialized origin (RFC 6454, section 6.2), so case, port and dots count. */
export function createOriginPolicy({ allowed, loopback }: OriginOptions): OriginPolicy {
  const exact = new Set(allowed.filter((entry) => !entry.includes('*')));
  const suffixes = allowed
    .filter((entry) => entry.includes('*'))
    .map((entry) => entry.split('*') as [scheme: string, suffix: string]);

  return (origin) => {
    if (exact.has(origin)) return true;
    const parsed = URL.canParse(origin) ? new URL(origin) : undefined;
    if (!parsed || parsed.origin !== origin) return false;
    if (loopback && isWeb(parsed) && LOOPBACK.test(parsed.hostname)) return true;
    return suffixes.some(
      ([scheme, suffix]) =>
        origin.startsWith(scheme) && origin.endsWith(suffix) && origin.length > scheme.length + suffix.length,
    );
  };
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}
