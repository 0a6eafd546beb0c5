import type { Diagnostic } from '@admit-one/core';
import {
  AckPolicy,
  type Consumer,
  type ConsumerAPI,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
  type JetStreamClient,
} from '@nats-io/jetstream';
import { millis, nanos } from '@nats-io/nats-core';
import { toBusError } from '../errors.ts';
import { type Ensured, hasCode, type StreamIdentity, streamIdentityOf } from './stream.ts';
import { STREAM } from './stream-config.ts';

/** The time until an unacknowledged delivery is redelivered, unless its consumer reports progress. */
const ACK_WAIT_MS = 10_000;
/** How many messages are with consumers at once, and so how much memory they take: 256 KiB each at worst. */
const MAX_ACK_PENDING = 256;

/** A durable consumer, and how it differs from what is expected. */
export interface OpenConsumer extends Ensured {
  readonly consumer: Consumer;
  /** The stream that it reads, as `DeliveryPosition` names it. */
  readonly stream: StreamIdentity;
  /** The time until an unacknowledged delivery is redelivered, unless its consumer reports progress. */
  readonly ackWaitMs: number;
}

/**
 * Finds the durable consumer, or creates it from the first event of the stream.
 * @throws {BusError} where JetStream does not answer, or will not make it
 */
export async function ensureConsumer(js: JetStreamClient, name: string): Promise<OpenConsumer> {
  try {
    const { consumers, streams } = await js.jetstreamManager(false);
    const stream = streamIdentityOf(await streams.info(STREAM));
    const found = await find(consumers, name);
    const info = found ?? (await consumers.add(STREAM, consumerConfig(name)));
    return {
      consumer: js.consumers.getConsumerFromInfo(info),
      stream,
      ackWaitMs: millis(info.config.ack_wait ?? nanos(ACK_WAIT_MS)),
      made: !found,
      diagnostics: consumerDiagnostics(info),
    };
  } catch (error) {
    throw toBusError(error, `consumer ${name} of stream ${STREAM}`);
  }
}

async function find(consumers: ConsumerAPI, name: string): Promise<ConsumerInfo | undefined> {
  try {
    return await consumers.info(STREAM, name);
  } catch (error) {
    if (hasCode(error, JetStreamApiCodes.ConsumerNotFound)) return undefined;
    throw error;
  }
}

function consumerConfig(name: string): Partial<ConsumerConfig> {
  return {
    durable_name: name,
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: MAX_ACK_PENDING,
    max_deliver: -1,
  };
}

/** Reports the settings of a consumer that keep events from being handled. */
export function consumerDiagnostics({ name, config }: ConsumerInfo): readonly Diagnostic[] {
  const issues: string[] = [];
  if (config.ack_policy !== AckPolicy.Explicit)
    issues.push(`has ack_policy ${config.ack_policy}: delivered events count as handled`);
  if ((config.max_deliver ?? -1) > 0)
    issues.push(`has max_deliver ${config.max_deliver}: after that, a batch is skipped without an error`);
  if (config.filter_subject || config.filter_subjects?.length)
    issues.push('has a filter: events of other types are never delivered');
  return issues.map((issue) => ({
    level: 'error',
    message: `consumer ${name} of stream ${STREAM} ${issue}`,
    remedy: `Run nats consumer edit ${STREAM} ${name}, or delete the consumer: it is created again, and events are idempotent.`,
  }));
}
