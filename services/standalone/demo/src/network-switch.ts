import type { Environment } from '@admit-one/client';

/** Simulates a browser without a network. */
export interface NetworkSwitch {
  readonly environment: Pick<Environment, 'isOnline'>;
  /** Reports no network for this long. The browser's own `navigator.onLine` counts too. */
  goOffline(forMs: number): void;
}

export function createNetworkSwitch(): NetworkSwitch {
  let isOffline = false;
  let backOnline: ReturnType<typeof setTimeout> | undefined;

  return {
    environment: { isOnline: () => !isOffline && navigator.onLine },
    goOffline(forMs) {
      isOffline = true;
      clearTimeout(backOnline);
      backOnline = setTimeout(() => {
        isOffline = false;
        if (navigator.onLine) dispatchEvent(new Event('online'));
      }, forMs);
      dispatchEvent(new Event('offline'));
    },
  };
}
