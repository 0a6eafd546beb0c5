import { isWildcard } from '@admit-one/config';
import { canonicalOrigin } from '@admit-one/text';

/** Whether a browser's `Origin` is allowed. The answer may change while the process runs. */
export type OriginPolicy = (origin: string) => boolean;

export interface OriginOptions {
  /** As `readOrigin` returns them. A wildcard matches one or more labels. */
  readonly allowed: readonly string[];
  /** Whether pages served from this machine are allowed too, on any port. */
  readonly loopback: boolean;
}

const LOOPBACK = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::[1-9]\d{0,4})?$/;
const LABELS = /^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/;
/** Of a host name (RFC 1035, section 2.3.4). */
const MAX_NAME_LENGTH = 253;

/** Compares web origins in their canonical form, and those of apps literally. A trailing dot is a different origin. */
export function createOriginPolicy({ allowed, loopback }: OriginOptions): OriginPolicy {
  const exact = new Set(allowed.filter((origin) => !isWildcard(origin)));
  const wildcards = allowed.filter(isWildcard).map(wildcardMatcher);
  return (sent) => {
    if (exact.has(sent)) return true;
    const origin = canonicalOrigin(sent);
    return (
      exact.has(origin) || wildcards.some((matches) => matches(origin)) || (loopback && LOOPBACK.test(origin))
    );
  };
}

function wildcardMatcher(wildcard: string): OriginPolicy {
  const [scheme = '', suffix = ''] = wildcard.split('*');
  return (origin) => {
    if (!origin.startsWith(scheme) || !origin.endsWith(suffix)) return false;
    const labels = origin.slice(scheme.length, origin.length - suffix.length);
    return labels.length <= MAX_NAME_LENGTH && LABELS.test(labels);
  };
}
