import { BusError, type EventStream } from '@admit-one/core';
import { JetStreamApiCodes, type JetStreamClient, type StreamAPI, type StreamInfo } from '@nats-io/jetstream';
import { toBusError } from '../errors.ts';
import { consumerDiagnostics } from './consumer.ts';
import { hasCode } from './stream.ts';
import { STREAM } from './stream-config.ts';

/** The share of the stream that acknowledged messages may take, however young they are. */
const KEPT_SHARE = 0.25;

/**
 * Removes messages that the consumer has acknowledged, except the last `keepMs`; see {@link EventStream.trim}. Returns how many.
 * @throws {BusError} where JetStream does not answer, forbids it, or the consumer's settings make its acknowledgements unsafe
 */
export async function trimStream(js: JetStreamClient, consumer: string, keepMs: number): Promise<number> {
  try {
    const { streams, consumers } = await js.jetstreamManager(false);
    const info = await consumers.info(STREAM, consumer).catch((error: unknown) => {
      if (hasCode(error, JetStreamApiCodes.ConsumerNotFound)) return undefined;
      throw error;
    });
    if (!info) return 0;
    const [unsafe] = consumerDiagnostics(info);
    if (unsafe) throw new BusError('no_responders', `nothing was trimmed: ${unsafe.message}`);
    const stream = await streams.info(STREAM);
    const until = await firstKept(streams, stream, info.ack_floor.stream_seq, Date.now() - keepMs);
    if (until <= stream.state.first_seq) return 0;
    return (await streams.purge(STREAM, { seq: until })).purged;
  } catch (error) {
    throw toBusError(error, `trimming stream ${STREAM}`);
  }
}

/** The sequence of the first message to keep: at most the first that is not acknowledged. */
async function firstKept(
  streams: StreamAPI,
  { state, config }: StreamInfo,
  acknowledged: number,
  since: number,
): Promise<number> {
  const end = Math.min(acknowledged + 1, state.last_seq + 1);
  const fitting =
    config.max_bytes > 0 && state.bytes > 0
      ? Math.floor((config.max_bytes * KEPT_SHARE * state.messages) / state.bytes)
      : Number.POSITIVE_INFINITY;
  const isYoung = async (seq: number) => {
    const message = await streams.getMessage(STREAM, { seq });
    return message !== null && message.time.getTime() >= since;
  };
  let low = Math.max(state.first_seq, end - fitting);
  let high = end;
  // Most of the time nothing is old enough, which takes one look.
  if (low < high && (await isYoung(low))) return low;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isYoung(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
