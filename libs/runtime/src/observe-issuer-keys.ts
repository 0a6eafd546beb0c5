import type { Dependencies, DependencyWatch } from './dependencies.ts';
import type { Logger } from './logging.ts';
import type { Meter } from './metrics/meter.ts';

/**
 * Called when the keys of an issuer, named by its alias, cannot be fetched, when they can, and when some of them are
 * ignored.
 */
export interface IssuerKeysObserver {
  onKeysUnreachable(issuer: string, error: unknown): void;
  onKeysReachable(issuer: string): void;
  onKeysIgnored(issuer: string, ignored: readonly string[]): void;
}

export interface IssuerKeysObserverOptions {
  readonly log: Logger;
  readonly meter: Meter;
  readonly dependencies: Dependencies;
}

/** Watches the keys of each issuer, from the first attempt to fetch them. */
export function observeIssuerKeys({
  log,
  meter,
  dependencies,
}: IssuerKeysObserverOptions): IssuerKeysObserver {
  const reachable = meter.gauge('admit_issuer_keys_reachable');
  const watches = new Map<string, DependencyWatch>();

  function watchOf(issuer: string): DependencyWatch {
    const watch = watches.get(issuer) ?? dependencies.watch('issuer_keys', issuer);
    watches.set(issuer, watch);
    return watch;
  }

  return {
    onKeysUnreachable(issuer, error) {
      reachable.record(0, { issuer });
      watchOf(issuer).onUnreachable(error);
    },
    onKeysReachable(issuer) {
      reachable.record(1, { issuer });
      watchOf(issuer).onReachable();
    },
    onKeysIgnored(issuer, ignored) {
      log.warn({ issuer, ignored }, 'issuer_keys_ignored');
    },
  };
}
