import { type EventStream, type Outbox, type Running, startRelay } from '@admit-one/core';
import { createOutageLog, type Dependencies, type Logger } from '@admit-one/runtime';

export interface RelayOutboxOptions {
  readonly instance: string;
  readonly outbox: Outbox;
  readonly events: EventStream;
  readonly log: Logger;
  readonly dependencies: Pick<Dependencies, 'isAnyDown'>;
}

/** Starts the relay, with a line in the log where it begins to fail, and one where that is over. */
export function relayOutbox({ instance, outbox, events, log, dependencies }: RelayOutboxOptions): Running {
  const outage = createOutageLog({
    log,
    failure: 'relay_failed',
    recovery: 'relay_recovered',
    isExplained: dependencies.isAnyDown,
  });
  return startRelay({
    outbox,
    events,
    owner: instance,
    onError: outage.failed,
    onRecovery: outage.succeeded,
    onTooBig: ({ json }, error) =>
      log.fatal({ err: error, event: Buffer.from(json).toString() }, 'event_too_big_for_bus'),
  });
}
