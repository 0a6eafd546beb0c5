import type { ReporterOptions } from '@admit-one/core';
import type { Dependencies } from './dependencies.ts';
import type { Logger } from './logging.ts';
import { createOutageLog } from './outage-log.ts';
import { version } from './version.ts';

/** The options of a service's reporter: what it says of its process, and a log of what it could not send. */
export function reporterOptionsOf({
  log,
  dependencies,
}: {
  readonly log: Logger;
  readonly dependencies: Dependencies;
}): Pick<ReporterOptions, 'about' | 'onError' | 'onRecovery' | 'onLost'> {
  const lines = { failure: 'events_not_sent', recovery: 'events_sent' } as const;
  const outage = createOutageLog({ log, ...lines, isExplained: dependencies.isAnyDown });
  return {
    about: () => ({
      version,
      dependencies: dependencies.states.map(({ name, up, since }) => ({ name, up, since })),
    }),
    onError: outage.failed,
    onRecovery: outage.succeeded,
    onLost: (count, because) => log.error({ count, err: because }, 'events_lost'),
  };
}
