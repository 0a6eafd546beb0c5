import { createOutageLog } from '@admit-one/runtime';
import { type RetriedStart, startWithRetry } from '../outage/start-with-retry.ts';
import { type IngestOptions, startIngest } from './ingest.ts';

const RETRY_MS = 1_000;

/** The ingest, which is tried again until the audit log and the bus let it start. */
export function startIngestWithRetry(options: IngestOptions): Promise<RetriedStart> {
  const waiting = createOutageLog({
    log: options.log,
    failure: 'ingest_not_started',
    recovery: 'ingest_started',
    isExplained: options.dependencies.isAnyDown,
  });
  return startWithRetry({
    async start() {
      const running = await startIngest(options);
      waiting.succeeded();
      return running;
    },
    onError: waiting.failed,
    retryMs: RETRY_MS,
  });
}
