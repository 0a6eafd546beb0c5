import { setTimeout as pause } from 'node:timers/promises';
import type { Diagnostic } from '@admit-one/core';
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type StreamAPI,
  type StreamInfo,
} from '@nats-io/jetstream';
import { toBusError } from '../errors.ts';
import { STREAM, type StreamSettings, streamConfig, type WantedStream } from './stream-config.ts';
import { streamDiagnostics } from './stream-diagnostics.ts';

const NAME_IN_USE = 10_058;

/** A server drops a stream first and deletes its files later, those of a new stream of that name too. */
const DELETING_MS = 1_000;

/** Which stream of that name it is, and the first message that it still has. */
export interface StreamIdentity {
  /** When it was created. */
  readonly created: string;
  readonly first: number;
}

export function streamIdentityOf({ created, state }: Pick<StreamInfo, 'created' | 'state'>): StreamIdentity {
  return { created, first: Math.max(1, state.first_seq) };
}

/** A stream or consumer that was created or found, and how it differs from what is expected. */
export interface Ensured {
  readonly made: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Creates the stream if it is missing. An existing one is never changed: its settings may be intended.
 * @param wasThere whether it existed before: the server may still be deleting it
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
