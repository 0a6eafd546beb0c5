import type { Environment, PageEvent } from '@admit-one/client';

/** The part of the client's platform that knows of the network, with a plug to pull. */
export interface NetworkSwitch {
  readonly environment: Pick<Environment, 'isOnline' | 'onPageEvent'>;
  /** Says to the client that there is no network for so long; what the browser says counts as well. */
  pull(forMs: number): void;
}

export function createNetworkSwitch(): NetworkSwitch {
  const listeners = new Set<(event: PageEvent) => void>();
  let pulled = false;
  let plugIn: ReturnType<typeof setTimeout> | undefined;

  const isOnline = () => !pulled && navigator.onLine;

  function tell(event: PageEvent): void {
    for (const listen of listeners) listen(event);
  }

  addEventListener('online', () => isOnline() && tell('online'));
  addEventListener('offline', () => tell('offline'));
  addEventListener('pagehide', () => tell('hide'));
  addEventListener('pageshow', () => tell('show'));
  document.addEventListener('freeze', () => tell('hide'));
  document.addEventListener('resume', () => tell('show'));
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && tell('show'));

  return {
    environment: {
      isOnline,
      onPageEvent(listen) {
        listeners.add(listen);
        return () => listeners.delete(listen);
      },
    },
    pull(forMs) {
      pulled = true;
      clearTimeout(plugIn);
      plugIn = setTimeout(() => {
        pulled = false;
        if (isOnline()) tell('online');
      }, forMs);
      tell('offline');
    },
  };
}
