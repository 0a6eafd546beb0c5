import type { Outbox, Reporter } from '@admit-one/core';

export interface ReportEpochEndsOptions {
  readonly instance: string;
  readonly outbox: Pick<Outbox, 'onEpochEnd'>;
  readonly reporter: Pick<Reporter, 'report'>;
}

/** Reports how far an epoch had come that the store has lost. Returns a function that stops it. */
export function reportEpochEnds({ instance, outbox, reporter }: ReportEpochEndsOptions): () => void {
  return outbox.onEpochEnd(({ partitionkey: epoch, lastSequence }) => {
    const data = { epoch, lastSequence };
    reporter.report({ type: 'admit.store.acknowledged', subject: instance, traceparent: null, data });
  });
}
