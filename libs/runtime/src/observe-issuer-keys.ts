import type { Logger } from './logging.ts';
import type { Meter } from './metrics/meter.ts';

/**
 * Called when the keys of an issuer, named by its alias, cannot be fetched, when they can again, and when some of them are
 * ignored.
 */
export interface IssuerKeysObserver {
  onKeysUnreachable(issuer: string, error: unknown): void;
  onKeysReachable(issuer: string): void;
  onKeysIgnored(issuer: string, ignored: readonly string[]): void;
}

/** Logs and measures whether issuers' keys can be fetched. */
export function observeIssuerKeys({ log, meter }: { log: Logger; meter: Meter }): IssuerKeysObserver {
  const reachable = meter.gauge('admit_issuer_keys_reachable');
  return {
    onKeysUnreachable(issuer, error) {
      reachable.record(0, { issuer });
      log.error({ issuer, err: error }, 'issuer_keys_unreachable');
    },
    onKeysReachable(issuer) {
      reachable.record(1, { issuer });
      log.info({ issuer }, 'issuer_keys_reachable');
    },
    onKeysIgnored(issuer, ignored) {
      log.warn({ issuer, ignored }, 'issuer_keys_ignored');
    },
  };
}
