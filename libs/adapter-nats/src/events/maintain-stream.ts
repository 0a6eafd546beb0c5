import { setTimeout as pause } from 'node:timers/promises';
import { BusError, type Delivery, type StreamReader } from '@admit-one/core';
import {
  DeliverPolicy,
  type JetStreamClient,
  jetstream,
  type StreamAPI,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { connectionOptions, type NatsConnectionSettings } from '../connection/settings.ts';
import { toBusError } from '../errors.ts';
import { readBody } from './body-encoding.ts';
import { ensureStream, streamIdentityOf } from './stream.ts';
import { STREAM, type StreamSettings } from './stream-config.ts';
import { trimStream } from './trim-stream.ts';

/** What an operator does to the event stream. No method loses an event that is not in the audit log. */
export interface StreamMaintenance extends StreamReader {
  /** Removes the events that the consumer has acknowledged. Returns how many messages that were. */
  trim(consumer: string): Promise<number>;
  /** Sets the size limit; events stay. @throws {BusError} where the stream already holds more */
  resize(maxBytes: number): Promise<void>;
  /**
   * Replaces the stream by one with today's settings and this size limit. Publishers wait meanwhile. The stream is sealed
   * first, so that nothing is added, and deleted when the consumer has acknowledged all of it. After an interruption, run it again.
   * @param onWait called every second with how many messages are not acknowledged
   * @throws the signal's reason: the stream is then sealed, or as it was before
   */
  recreate(consumer: string, onWait: (unacknowledged: number) => void, signal: AbortSignal): Promise<void>;
  /**
   * Has the consumer receive again all that the stream holds, by deleting it: the next to consume creates it again. Returns how
   * many messages that are. @throws {BusError} where there is no such consumer
   */
  replay(consumer: string): Promise<number>;
  /** How much the stream holds now. */
  level(): Promise<{ readonly bytes: number; readonly maxBytes: number }>;
}

export interface StreamMaintenanceOptions extends NatsConnectionSettings {
  readonly stream: StreamSettings;
}

const WAIT_MS = 1_000;

/** Connects to NATS for the duration of `work`. @throws {BusError} */
export async function maintainStream<Result>(
  options: StreamMaintenanceOptions,
  work: (maintenance: StreamMaintenance) => Promise<Result>,
): Promise<Result> {
  const nc = await connect({ ...connectionOptions(options), reconnect: false }).catch((error: unknown) => {
    throw toBusError(error, 'connecting to NATS');
  });
  try {
    return await work(maintenanceOf(jetstream(nc), options.stream));
  } catch (error) {
    throw error instanceof Error && error.name === 'AbortError'
      ? error
      : toBusError(error, `stream ${STREAM}`);
  } finally {
    await nc.close();
  }
}

function maintenanceOf(js: JetStreamClient, settings: StreamSettings): StreamMaintenance {
  const manage = () => js.jetstreamManager(false);
  const info = async (): Promise<StreamInfo> => (await manage()).streams.info(STREAM);

  async function unacknowledged(consumer: string): Promise<number> {
    const { consumers } = await manage();
    const [{ state }, { ack_floor }] = await Promise.all([info(), consumers.info(STREAM, consumer)]);
    return state.messages === 0
      ? 0
      : Math.max(0, state.last_seq - Math.max(ack_floor.stream_seq, state.first_seq - 1));
  }

  return {
    async extent() {
      const { created, first } = streamIdentityOf(await info());
      return { stream: created, first, last: (await info()).state.last_seq };
    },
    read: async (from, handler, signal) => readStream(js, await info(), from, handler, signal),
    trim: (consumer) => trimStream(js, consumer, 0),
    async resize(maxBytes) {
      const { state } = await info();
      if (state.bytes > maxBytes)
        throw new BusError('full', `${STREAM} holds ${state.bytes} bytes, more than ${maxBytes}`);
      await (await manage()).streams.update(STREAM, { max_bytes: maxBytes });
    },
    async recreate(consumer, onWait, signal) {
      const { streams } = await manage();
      // Sealed before its consumer can keep up, the stream would hold up every visitor until it has.
      while ((await unacknowledged(consumer)) > SOON) await wait();
      if (!(await info()).config.sealed) await seal(streams);
      while ((await unacknowledged(consumer)) > 0) await wait();
      await streams.delete(STREAM);
      await ensureStream(js, settings, true);

      async function wait(): Promise<void> {
        onWait(await unacknowledged(consumer));
        await pause(WAIT_MS, undefined, { signal });
      }
    },
    async replay(consumer) {
      await (await manage()).consumers.delete(STREAM, consumer);
      return (await info()).state.messages;
    },
    async level() {
      const { state, config } = await info();
      return { bytes: state.bytes, maxBytes: config.max_bytes };
    },
  };
}

/** How many messages are handled at once, 256 KiB each at worst. */
const READ_AT_ONCE = 64;
const READ_WAIT_MS = 2_000;

/** @throws {BusError} where messages in between were removed meanwhile */
async function readStream(
  js: JetStreamClient,
  info: StreamInfo,
  from: number,
  handler: (deliveries: readonly Delivery[]) => Promise<void>,
  signal: AbortSignal,
): Promise<number> {
  const { created: stream, first } = streamIdentityOf(info);
  const { last_seq: last } = info.state;
  if (from > last) return last;
  const consumer = await js.consumers.get(STREAM, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
  });
  for (let next = from; next <= last; ) {
    signal.throwIfAborted();
    const deliveries: Delivery[] = [];
    for await (const message of await consumer.fetch({ max_messages: READ_AT_ONCE, expires: READ_WAIT_MS })) {
      const { streamSequence: sequence } = message.info;
      deliveries.push({
        subject: message.subject,
        body: readBody(message.data, message.headers),
        position: { stream, sequence, first },
      });
    }
    const [begin] = deliveries;
    if (!begin || begin.position.sequence !== next)
      throw new BusError('timeout', `message ${next} is no longer in the stream, or did not come`);
    await handler(deliveries);
    next = (deliveries.at(-1)?.position.sequence ?? next) + 1;
  }
  return last;
}

/** The client's type of an update lacks it. */
async function seal(streams: StreamAPI): Promise<void> {
  await streams.update(STREAM, { sealed: true } as Partial<StreamConfig>);
}

/** So few messages are acknowledged within seconds. */
const SOON = 1_000;
