import { isWildcard } from './read-origin.ts';

/** Decides whether a browser's `Origin` is one of ours. What it says may change from one call to the next. */
export type OriginPolicy = (origin: string) => boolean;

export interface OriginOptions {
  /** As `readOrigin` gives them. One or more labels may stand in a wildcard's place. */
  readonly allowed: readonly string[];
  /** Whether pages served from this machine may come too, on any port. */
  readonly loopback: boolean;
}

const LOOPBACK = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::[1-9]\d{0,4})?$/;
const LABELS = /^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/;
/** Of a host name (RFC 1035, section 2.3.4). */
const MAX_NAME_LENGTH = 253;

/**
 * Makes the policy. It compares what came as it came: browsers send origins serialized (RFC 6454, section 6.2), so
 * another case, a default port or a dot at the end is another origin.
 */
export function createOriginPolicy({ allowed, loopback }: OriginOptions): OriginPolicy {
  const exact = new Set(allowed.filter((origin) => !isWildcard(origin)));
  const wildcards = allowed.filter(isWildcard).map(wildcardMatcher);
  return (origin) =>
    exact.has(origin) || wildcards.some((matches) => matches(origin)) || (loopback && LOOPBACK.test(origin));
}

function wildcardMatcher(wildcard: string): OriginPolicy {
  const [scheme = '', suffix = ''] = wildcard.split('*');
  return (origin) => {
    if (!origin.startsWith(scheme) || !origin.endsWith(suffix)) return false;
    const labels = origin.slice(scheme.length, -suffix.length);
    return labels.length <= MAX_NAME_LENGTH && LABELS.test(labels);
  };
}
