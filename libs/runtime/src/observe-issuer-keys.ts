import type { Logger } from './logging.ts';
import type { Meter } from './telemetry.ts';

/** Hears of issuers, by their aliases, whose keys cannot be fetched. */
export interface IssuerKeysObserver {
  onKeysUnreachable(issuer: string, error: unknown): void;
  onKeysReachable(issuer: string): void;
}

/** Makes log lines and a metric of what a verifier of tokens tells of its issuers' keys. */
export function observeIssuerKeys({ log, meter }: { log: Logger; meter: Meter }): IssuerKeysObserver {
  const reachable = meter.createGauge('admit_issuer_keys_reachable', {
    description: 'Whether the keys of an issuer could be fetched (1) or not (0), since they first could not',
  });
  return {
    onKeysUnreachable(issuer, error) {
      reachable.record(0, { issuer });
      log.error({ issuer, err: error }, 'issuer_keys_unreachable');
    },
    onKeysReachable(issuer) {
      reachable.record(1, { issuer });
      log.info({ issuer }, 'issuer_keys_reachable');
    },
  };
}
