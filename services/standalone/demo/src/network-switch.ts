import type { Environment } from '@admit-one/client';

/** What the client believes of the network, with a plug to pull. */
export interface NetworkSwitch {
  readonly environment: Pick<Environment, 'isOnline'>;
  /** Makes it believe for so long that there is none; what the browser says counts as well. */
  goOffline(forMs: number): void;
}

export function createNetworkSwitch(): NetworkSwitch {
  let pulled = false;
  let plugIn: ReturnType<typeof setTimeout> | undefined;

  return {
    environment: { isOnline: () => !pulled && navigator.onLine },
    goOffline(forMs) {
      pulled = true;
      clearTimeout(plugIn);
      plugIn = setTimeout(() => {
        pulled = false;
        if (navigator.onLine) dispatchEvent(new Event('online'));
      }, forMs);
      dispatchEvent(new Event('offline'));
    },
  };
}
