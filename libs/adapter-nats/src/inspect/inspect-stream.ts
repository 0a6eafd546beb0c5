import type { Finding } from '@admit-one/core';
import {
  AckPolicy,
  type ConsumerAPI,
  type ConsumerInfo,
  JetStreamApiCodes,
  type JetStreamClient,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { durableFindings } from '../events/durable.ts';
import { hasCode } from '../events/stream.ts';
import { STREAM, type StreamSettings, streamConfig } from '../events/stream-config.ts';
import { streamFindings } from '../events/stream-findings.ts';

const FILLED_ALERT = 0.7;
const LAG_ALERT = 1_000;
const CLOCK_ALERT_MS = 1_000;
const CLOCK_UNSEEN: Finding = {
  level: 'warning',
  what: 'the clock of NATS cannot be seen with these permissions',
};

/** Looks at the event stream and its consumers. @throws what the JetStream API throws */
export async function inspectStream(
  js: JetStreamClient,
  settings: StreamSettings,
): Promise<readonly Finding[]> {
  const { streams, consumers } = await js.jetstreamManager(false);
  const stream = await streams.info(STREAM).catch((error: unknown) => {
    if (hasCode(error, JetStreamApiCodes.StreamNotFound)) return undefined;
    throw error;
  });
  if (!stream)
    return [{ level: 'warning', what: `there is no stream ${STREAM}`, remedy: 'the first service makes it' }];
  const findings = [
    ...streamFindings(stream.config, streamConfig(settings)),
    fillOf(stream),
    durabilityOf(stream),
    await clockOf(consumers).catch(() => CLOCK_UNSEEN),
  ];
  for await (const consumer of consumers.list(STREAM))
    findings.push(...durableFindings(consumer), lagOf(consumer));
  return findings;
}

function fillOf({ state, config }: StreamInfo): Finding {
  const filled = config.max_bytes > 0 ? state.bytes / config.max_bytes : 0;
  const what = `stream ${STREAM} holds ${state.messages} batches and is ${Math.floor(filled * 100)} % full`;
  if (filled < FILLED_ALERT) return { level: 'ok', what };
  return { level: 'warning', what, remedy: 'more max_bytes, or a smaller max_age' };
}

function durabilityOf({ config }: StreamInfo): Finding {
  return {
    level: 'warning',
    what: `whether each event is synced to disk cannot be seen from here; ${STREAM} has ${config.num_replicas} replica(s)`,
    remedy: 'for production, jetstream { sync_interval: always } and 3 replicas in different zones',
  };
}

function lagOf({ name, num_pending, num_ack_pending, num_waiting }: ConsumerInfo): Finding {
  const what = `consumer ${name} has ${num_pending} batches before it and ${num_ack_pending} in hand`;
  if (num_waiting === 0 && num_ack_pending === 0)
    return {
      level: 'warning',
      what: `${what}, and nobody consumes`,
      remedy: 'start the service, or delete it',
    };
  if (num_pending <= LAG_ALERT) return { level: 'ok', what };
  return { level: 'warning', what, remedy: 'more instances of its service, or a faster database' };
}

/** The server says its time only as that at which something was made: a consumer that ends at once. */
async function clockOf(consumers: ConsumerAPI): Promise<Finding> {
  const before = Date.now();
  const probe = await consumers.add(STREAM, {
    ack_policy: AckPolicy.None,
    mem_storage: true,
    inactive_threshold: nanos(1_000),
  });
  const now = (before + Date.now()) / 2;
  await consumers.delete(STREAM, probe.name);
  const aheadMs = Math.round(Date.parse(probe.created) - now);
  const what = `the clock of NATS is ${Math.abs(aheadMs)} ms ${aheadMs < 0 ? 'behind' : 'ahead of'} this one`;
  if (Math.abs(aheadMs) < CLOCK_ALERT_MS) return { level: 'ok', what };
  return { level: 'warning', what, remedy: 'NTP on both machines' };
}
