import type { Diagnostic } from '@admit-one/core';
import {
  AckPolicy,
  type ConsumerAPI,
  type ConsumerInfo,
  JetStreamApiCodes,
  type JetStreamClient,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { isDenied } from '../errors.ts';
import { consumerDiagnostics } from '../events/consumer.ts';
import { hasCode } from '../events/stream.ts';
import { STREAM, type StreamSettings, streamConfig } from '../events/stream-config.ts';
import { streamDiagnostics } from '../events/stream-diagnostics.ts';
import { roomDiagnostics } from './stream-room.ts';

const FILLED_ALERT = 0.7;
const LAG_ALERT = 1_000;
const CLOCK_ALERT_MS = 1_000;
const CLOCK_UNSEEN: Diagnostic = {
  level: 'warning',
  message: 'the clock of NATS cannot be seen with these permissions',
  remedy: 'Check it as the operator user of deploy/nats/nats.conf.',
};
const CONSUMERS_UNSEEN: Diagnostic = {
  level: 'warning',
  message: `the consumers of ${STREAM} cannot be seen with these permissions, which are enough for a service`,
  remedy: 'Check them as the operator user of deploy/nats/nats.conf.',
};

/** Checks the event stream and its consumers. @throws the errors of the JetStream API */
export async function inspectStream(
  js: JetStreamClient,
  settings: StreamSettings,
): Promise<readonly Diagnostic[]> {
  const { streams, consumers } = await js.jetstreamManager(false);
  const stream = await streams.info(STREAM).catch((error: unknown) => {
    if (hasCode(error, JetStreamApiCodes.StreamNotFound)) return undefined;
    throw error;
  });
  if (!stream)
    return [
      {
        level: 'warning',
        message: `there is no stream ${STREAM}`,
        remedy: 'Start a service: it creates the stream.',
      },
    ];
  const diagnostics = [
    ...streamDiagnostics(stream.config, streamConfig(settings)),
    fillOf(stream),
    ...(await roomDiagnostics(streams, stream).catch(() => [])),
    durabilityOf(stream),
    await clockOf(consumers).catch(() => CLOCK_UNSEEN),
  ];
  try {
    for await (const consumer of consumers.list(STREAM))
      diagnostics.push(...consumerDiagnostics(consumer), lagOf(consumer));
  } catch (error) {
    if (!isDenied(error)) throw error;
    diagnostics.push(CONSUMERS_UNSEEN);
  }
  return diagnostics;
}

function fillOf({ state, config }: StreamInfo): Diagnostic {
  const filled = config.max_bytes > 0 ? state.bytes / config.max_bytes : 0;
  const message = `stream ${STREAM} holds ${state.messages} batches and is ${Math.floor(filled * 100)} % full`;
  if (filled < FILLED_ALERT) return { level: 'ok', message };
  return {
    level: 'warning',
    message,
    remedy: 'Check that the audit-service runs and stores events, then run npx @admit-one/cli stream trim.',
  };
}

function durabilityOf({ config }: StreamInfo): Diagnostic {
  return {
    level: 'warning',
    message: `whether each event is synced to disk cannot be seen from here; ${STREAM} has ${config.num_replicas} replica(s)`,
    remedy: 'In production, set jetstream { sync_interval: always } and use 3 replicas in different zones.',
  };
}

function lagOf({ name, num_pending, num_ack_pending, num_waiting }: ConsumerInfo): Diagnostic {
  const message = `consumer ${name} has ${num_pending} batches before it and ${num_ack_pending} in hand`;
  if (num_waiting === 0 && num_ack_pending === 0)
    return {
      level: 'warning',
      message: `${message}, and has no consumer`,
      remedy: 'Start its service, or delete the consumer.',
    };
  if (num_pending <= LAG_ALERT) return { level: 'ok', message };
  return { level: 'warning', message, remedy: 'Add instances of its service, or use a faster database.' };
}

/** The server reports its time only as the creation time of an object: here a short-lived consumer. */
async function clockOf(consumers: ConsumerAPI): Promise<Diagnostic> {
  const before = Date.now();
  const probe = await consumers.add(STREAM, {
    ack_policy: AckPolicy.None,
    mem_storage: true,
    inactive_threshold: nanos(1_000),
  });
  const now = (before + Date.now()) / 2;
  await consumers.delete(STREAM, probe.name);
  const aheadMs = Math.round(Date.parse(probe.created) - now);
  const message = `the clock of NATS is ${Math.abs(aheadMs)} ms ${aheadMs < 0 ? 'behind' : 'ahead of'} this one`;
  if (Math.abs(aheadMs) < CLOCK_ALERT_MS) return { level: 'ok', message };
  return { level: 'warning', message, remedy: 'Synchronize both clocks (NTP).' };
}
