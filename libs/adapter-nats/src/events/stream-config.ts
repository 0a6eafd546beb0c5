import { EVENT_SUBJECT_PREFIX } from '@admit-one/core';
import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';

/** The stream that holds the events. */
export const STREAM = 'ADMIT';

export interface StreamSettings {
  /** Maximum size in bytes, after which it rejects events: 1 GiB by default. */
  readonly maxBytes?: number | undefined;
  /** How long it keeps an event: 7 days by default. */
  readonly maxAgeMs?: number | undefined;
  /** On how many servers: 1 by default; 3 where there is a cluster. */
  readonly replicas?: number | undefined;
}

const DAY_MS = 86_400_000;

/** The wanted configuration: events are removed by age and by the audit-service, which purges what it has committed; a full stream rejects new ones. */
export function streamConfig({ maxBytes = 2 ** 30, maxAgeMs = 7 * DAY_MS, replicas = 1 }: StreamSettings) {
  return {
    name: STREAM,
    subjects: [`${EVENT_SUBJECT_PREFIX}>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_bytes: maxBytes,
    max_age: nanos(maxAgeMs),
    max_msgs: -1,
    max_msgs_per_subject: -1,
    max_msg_size: -1,
    num_replicas: replicas,
    no_ack: false,
    sealed: false,
    deny_delete: true,
    deny_purge: false,
  } as const satisfies Partial<Record<keyof StreamConfig, unknown>>;
}

export type WantedStream = ReturnType<typeof streamConfig>;
