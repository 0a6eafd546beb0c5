import { JetStreamApiCodes, type JetStreamClient } from '@nats-io/jetstream';
import { toBusError } from '../errors.ts';
import { hasCode } from './stream.ts';
import { STREAM } from './stream-config.ts';

/** How many messages a consumer has not acknowledged; of one that does not exist yet, all. @throws {BusError} */
export async function pendingMessages(js: JetStreamClient, consumer: string): Promise<number> {
  try {
    const { streams, consumers } = await js.jetstreamManager(false);
    const info = await consumers.info(STREAM, consumer).catch((error: unknown) => {
      if (hasCode(error, JetStreamApiCodes.ConsumerNotFound)) return undefined;
      throw error;
    });
    if (info) return info.num_pending + info.num_ack_pending;
    return (await streams.info(STREAM)).state.messages;
  } catch (error) {
    throw toBusError(error, `looking at consumer ${consumer}`);
  }
}
