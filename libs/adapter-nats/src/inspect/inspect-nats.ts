import { type Diagnostic, MAX_BATCH_BYTES, MAX_EVENT_BYTES } from '@admit-one/core';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { connectionOptions, type NatsConnectionSettings, serversOf } from '../connection/settings.ts';
import { isNoResponders } from '../errors.ts';
import type { StreamSettings } from '../events/stream-config.ts';
import { inspectStream } from './inspect-stream.ts';
import { type BusService, permissionDiagnostic } from './permissions.ts';
import { versionDiagnostic } from './server-version.ts';

const PINGS_UNSEEN: Diagnostic = {
  level: 'warning',
  message:
    'how soon nats-server disconnects a client that hangs cannot be seen from here; by default after 4 to 6 min',
  remedy: 'Set ping_interval: "5s" and ping_max: 2 in nats-server.conf, as in deploy/nats/nats.conf.',
};

export interface NatsInspection extends NatsConnectionSettings {
  readonly stream?: StreamSettings | undefined;
  /** The services that connect as this user. Without them, the user's permissions are not checked. */
  readonly services?: readonly BusService[] | undefined;
}

/**
 * Checks that NATS meets the needs of the bus: reachable, version, permissions, JetStream, settings of the stream,
 * lag of the consumers, clock. Leaves nothing changed.
 * @throws {TypeError} if the URL is not a NATS URL
 */
export async function inspectNats(options: NatsInspection): Promise<readonly Diagnostic[]> {
  const connection = { ...connectionOptions(options), reconnect: false };
  const servers = serversOf(options.url);
  try {
    const nc = await connect(connection);
    try {
      return [
        { level: 'ok', message: `NATS at ${servers} is in reach` },
        ...(await inspectServer(nc, options)),
      ];
    } finally {
      await nc.close();
    }
  } catch (error) {
    const message = `NATS at ${servers} cannot be connected to: ${error instanceof Error ? error.message : error}`;
    return [
      {
        level: 'error',
        message,
        remedy: 'Check the URL and its credentials, and that nats-server is running.',
      },
    ];
  }
}

async function inspectServer(
  nc: NatsConnection,
  { stream = {}, services = [] }: NatsInspection,
): Promise<readonly Diagnostic[]> {
  const server = [
    versionDiagnostic(nc.info?.version ?? 'unknown'),
    PINGS_UNSEEN,
    ...payloadDiagnostics(nc.info?.max_payload ?? MAX_BATCH_BYTES),
  ];
  if (services.length > 0) server.push(await permissionDiagnostic(nc, services));
  try {
    return [...server, ...(await inspectStream(jetstream(nc), stream))];
  } catch (error) {
    return [...server, jetStreamDiagnostic(error)];
  }
}

/** Batches are split to fit, but an event that does not fit is lost. */
export function payloadDiagnostics(maxPayload: number): readonly Diagnostic[] {
  if (maxPayload >= MAX_BATCH_BYTES) return [];
  const remedy = `Set max_payload in nats-server.conf to ${MAX_BATCH_BYTES} or more; the default is 1MB.`;
  const message = `max_payload of NATS is ${maxPayload} bytes, less than a batch of events (${MAX_BATCH_BYTES})`;
  if (maxPayload >= 2 * MAX_EVENT_BYTES) return [{ level: 'warning', message, remedy }];
  return [{ level: 'error', message: `${message}: large events are lost`, remedy }];
}

function jetStreamDiagnostic(error: unknown): Diagnostic {
  if (isNoResponders(error))
    return {
      level: 'error',
      message: 'JetStream is off',
      remedy: 'Add a jetstream block to nats-server.conf.',
    };
  const message = `JetStream does not answer: ${error instanceof Error ? error.message : error}`;
  return {
    level: 'error',
    message,
    remedy: 'Check the log of nats-server, and the permissions on $JS.API.>.',
  };
}
