import { maintainStream, type StreamMaintenance } from '@admit-one/adapter-nats';
import {
  ConfigError,
  type EnvironmentVariables,
  engineIssues,
  natsConnectionOf,
  natsVariables,
  readVariables,
} from '@admit-one/config';
import { AUDIT_CONSUMER } from '@admit-one/core';
import { Type } from 'typebox';
import { withoutSecrets } from './report.ts';

/** Ways out of a full event stream; see {@link StreamMaintenance}. */
export interface EventStreamMaintenance extends Pick<StreamMaintenance, 'resize' | 'level'> {
  /** Removes what is in the audit log. Returns how many messages that were. */
  trim(): Promise<number>;
  recreate(onWait: (unacknowledged: number) => void, signal: AbortSignal): Promise<void>;
  /** Has the audit-service store again what the stream holds. Returns how many messages that are. */
  replay(): Promise<number>;
}

/**
 * Runs `work` on the event stream of the NATS that the environment names.
 * @throws {Error} with a message for the operator, without credentials
 */
export async function maintainEventStream<Result>(
  environment: EnvironmentVariables,
  work: (maintenance: EventStreamMaintenance) => Promise<Result>,
): Promise<Result> {
  try {
    const variables = readVariables(Type.Object(natsVariables), environment, engineIssues);
    const options = { url: variables.NATS_URL, name: 'admit-stream', ...natsConnectionOf(variables) };
    return await maintainStream(options, ({ trim, recreate, replay, resize, level }) =>
      work({
        trim: () => trim(AUDIT_CONSUMER),
        recreate: (onWait, signal) => recreate(AUDIT_CONSUMER, onWait, signal),
        replay: () => replay(AUDIT_CONSUMER),
        resize,
        level,
      }),
    );
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new Error(withoutSecrets(error instanceof Error ? error.message : String(error)), { cause: error });
  }
}
