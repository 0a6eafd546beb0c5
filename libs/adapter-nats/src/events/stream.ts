import { setTimeout as pause } from 'node:timers/promises';
import type { Diagnostic } from '@admit-one/core';
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type StreamAPI,
} from '@nats-io/jetstream';
import { toBusError } from '../errors.ts';
import { STREAM, type StreamSettings, streamConfig, type WantedStream } from './stream-config.ts';
import { streamDiagnostics } from './stream-diagnostics.ts';

const NAME_IN_USE = 10_058;

/** The server forgets a stream first and deletes its files then: those of one made meanwhile too. */
const DELETING_MS = 1_000;

/** What became of asking for something: it was made, or it was there, perhaps not as it should be. */
export interface Ensured {
  readonly made: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Makes the stream where there is none. One that differs is left as it is: an operator may know why it does.
 * @param wasThere whether it was there before, so that the server may still be deleting it
 * @throws {BusError} where JetStream does not answer, or will not make it
 */
export async function ensureStream(
  js: JetStreamClient,
  settings: StreamSettings,
  wasThere: boolean,
): Promise<Ensured> {
  const wanted = streamConfig(settings);
  try {
    const { streams } = await js.jetstreamManager(false);
    const found = await find(streams, wanted);
    if (found) return found;
    if (wasThere) await pause(DELETING_MS);
    return await make(streams, wanted);
  } catch (error) {
    throw toBusError(error, `stream ${STREAM}`);
  }
}

async function find(streams: StreamAPI, wanted: WantedStream): Promise<Ensured | undefined> {
  try {
    const { config } = await streams.info(STREAM);
    return { made: false, diagnostics: streamDiagnostics(config, wanted) };
  } catch (error) {
    if (hasCode(error, JetStreamApiCodes.StreamNotFound)) return undefined;
    throw error;
  }
}

async function make(streams: StreamAPI, wanted: WantedStream): Promise<Ensured> {
  try {
    await streams.add({ ...wanted, subjects: [...wanted.subjects] });
    return { made: true, diagnostics: [] };
  } catch (error) {
    const found = hasCode(error, NAME_IN_USE) ? await find(streams, wanted) : undefined;
    if (found) return found;
    throw error;
  }
}

/** Whether the JetStream API answered with this error. */
export function hasCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
