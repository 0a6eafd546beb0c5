import type { ReporterOptions } from '@admit-one/core';
import type { Logger } from './logging.ts';

/** What a service's reporter tells of itself, as log lines. */
export function reporterLog(log: Logger): Pick<ReporterOptions, 'onError' | 'onLost'> {
  return {
    onError: (error) => log.error({ err: error }, 'events_not_sent'),
    onLost: (count, because) => log.error({ count, err: because }, 'events_lost'),
  };
}
