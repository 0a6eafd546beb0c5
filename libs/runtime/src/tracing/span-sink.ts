import type { TracingConfig } from '@admit-one/config';
import type { OutageLog } from '../outage-log.ts';
import type { EndedSpan } from './types.ts';

export interface TracingOptions {
  readonly config: Pick<TracingConfig, 'endpoint'>;
  readonly service: string;
  readonly instance: string;
  /** Told how each export went. */
  readonly exports: OutageLog;
}

/** Takes ended spans, and exports them in batches. */
export interface SpanSink {
  add(span: EndedSpan): void;
  /** Exports what is left. */
  close(): Promise<void>;
}
