import type { Logger } from '../logging.ts';
import type { OriginList } from './origin-list.ts';
import { createOriginPolicy, type OriginPolicy } from './origin-policy.ts';

/** The last good list of origins. */
export interface CurrentOrigins {
  readonly policy: OriginPolicy;
  /**
   * Takes a list's place where the new one is good, and tells the log of changes and of faults, each once.
   * @param asked whether somebody waits to be told, whatever came of it
   */
  replace(list: OriginList, asked: boolean): void;
}

export interface CurrentOriginsOptions {
  readonly loopback: boolean;
  readonly log: Logger;
}

/** Begins with the origins of a list that is good. */
export function createCurrentOrigins(
  first: readonly string[],
  { loopback, log }: CurrentOriginsOptions,
): CurrentOrigins {
  let current = first;
  let isAllowed = createOriginPolicy({ allowed: current, loopback });
  let lastFaults = '';

  return {
    policy: (origin) => isAllowed(origin),
    replace({ origins, faults }, asked) {
      const toldFaults = lastFaults;
      lastFaults = faults.join('\n');
      const news = asked || lastFaults !== toldFaults;
      if (faults.length > 0) {
        if (news) log.error({ faults, origins: current.length }, 'origins_faulty');
        return;
      }
      const added = origins.filter((origin) => !current.includes(origin));
      const removed = current.filter((origin) => !origins.includes(origin));
      if (!news && added.length + removed.length === 0) return;
      current = origins;
      isAllowed = createOriginPolicy({ allowed: current, loopback });
      log.info({ origins: current.length, added, removed }, 'origins_reread');
    },
  };
}
