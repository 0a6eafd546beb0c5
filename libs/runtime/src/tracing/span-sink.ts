import type { TracingConfig } from '@admit-one/config';
import type { Resource } from '@opentelemetry/resources';
import type { EndedSpan } from './types.ts';

export interface TracingOptions {
  readonly config: Pick<TracingConfig, 'endpoint'>;
  readonly resource: Resource;
  /** Called when the export begins to fail, and with null when it works again. */
  readonly onExport: (failure: Error | null) => void;
}

/** Takes ended spans, and exports them in batches. */
export interface SpanSink {
  add(span: EndedSpan): void;
  /** Exports what is left. */
  close(): Promise<void>;
}
