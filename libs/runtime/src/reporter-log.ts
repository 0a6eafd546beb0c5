import type { ReporterOptions } from '@admit-one/core';
import type { Dependencies } from './dependencies.ts';
import type { Logger } from './logging.ts';
import { createOutageLog } from './outage-log.ts';

/** Logs what a service's reporter could not send. */
export function reporterLog(
  log: Logger,
  { isAnyDown: isExplained }: Pick<Dependencies, 'isAnyDown'>,
): Pick<ReporterOptions, 'onError' | 'onRecovery' | 'onLost'> {
  const lines = { failure: 'events_not_sent', recovery: 'events_sent' } as const;
  const outage = createOutageLog({ log, ...lines, isExplained });
  return {
    onError: outage.failed,
    onRecovery: outage.succeeded,
    onLost: (count, because) => log.error({ count, err: because }, 'events_lost'),
  };
}
